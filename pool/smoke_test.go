package pool_test

import (
	"context"
	"testing"

	"millpond/pool"
)

func TestMapSmoke(t *testing.T) {
	p, _ := pool.New(pool.Config{Workers: 2, Queue: -1})
	items := make([]int, 100)
	for i := range items {
		items[i] = i
	}
	got, err := pool.Map(t.Context(), p, items, func(ctx context.Context, i int) (int, error) {
		sub, err := pool.Map(ctx, p, items[:5], func(_ context.Context, j int) (int, error) { return j, nil })
		return i*2 + sub[4], err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if got[i] != 2*i+4 {
			t.Fatal(i, got[i])
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", p.Stats())
}
