package http1

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestDateChangesWithTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dates := new(Dates)
		time.Sleep(300 * time.Millisecond)
		for range 3 {
			first := dates.Now()
			if want := time.Now().UTC().Format(http.TimeFormat); first.text != want {
				t.Errorf("the date is %q, want %q", first.text, want)
			}
			time.Sleep(700*time.Millisecond - 1)
			if dates.Now() != first {
				t.Error("the date was made anew within its second")
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if next := dates.Now(); next.text == first.text {
				t.Errorf("a second later the date is still %q", next.text)
			}
			time.Sleep(300 * time.Millisecond)
		}
	})
}
