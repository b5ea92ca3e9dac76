package server

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Client is one of those whose requests came most often of late.
type Client struct {
	// Name is the address of the client, its network of 64 bits if that is IPv6,
	// or the value of the field that Server.FairBy names. Of fields that carry
	// secrets it is a number instead.
	Name string

	// Share is the part of all requests that are its own, those that were
	// refused included: an estimate, from at most a thousand requests a second.
	Share float64
}

const (
	// clientsKept is how many clients are counted at once: who has a larger part
	// of the requests than one in so many is among them.
	clientsKept = 64

	// countEvery is how often a request is counted. More would cost more.
	countEvery = time.Millisecond

	// forgetEvery is how often what was counted is halved.
	forgetEvery = 5 * time.Second
)

// clients count requests by client in bounded memory, by the space-saving
// algorithm (Metwally, Agrawal and El Abbadi, ICDT 2005): one that is not among
// those kept takes the place of the one that came least, with its count.
type clients struct {
	next atomic.Int64 // when a request is counted again, on the clock of the engine

	mu     sync.Mutex
	kept   []clientCount
	total  float64
	halved time.Duration // when
}

type clientCount struct {
	key  uint64
	name string
	n    float64
}

// due reports whether a request that came then is to be counted.
func (s *clients) due(now time.Duration) bool { return int64(now) >= s.next.Load() }

// count counts a request of the client with that key. Its name is asked for if it
// is a new one.
func (s *clients) count(key uint64, name func() string, now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next.Store(int64(now + countEvery))
	s.forget(now)
	s.total++
	at := slices.IndexFunc(s.kept, func(c clientCount) bool { return c.key == key })
	switch {
	case at >= 0:
		s.kept[at].n++
		return
	case len(s.kept) < clientsKept:
		s.kept = append(s.kept, clientCount{key, name(), 1})
		return
	}
	least := &s.kept[0]
	for i := range s.kept {
		if s.kept[i].n < least.n {
			least = &s.kept[i]
		}
	}
	*least = clientCount{key, name(), least.n + 1}
}

// forget lets the past fade.
func (s *clients) forget(now time.Duration) {
	for ; now-s.halved >= forgetEvery && s.total > 0; s.halved += forgetEvery {
		s.total /= 2
		for i := range s.kept {
			s.kept[i].n /= 2
		}
		s.kept = slices.DeleteFunc(s.kept, func(c clientCount) bool { return c.n < .1 })
		if len(s.kept) == 0 {
			s.total = 0
		}
	}
	if s.total == 0 {
		s.halved = now
	}
}

func (s *clients) top(now time.Duration, limit int) []Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(now)
	var all []Client
	for _, c := range s.kept {
		all = append(all, Client{c.name, c.n / s.total})
	}
	slices.SortFunc(all, func(a, b Client) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Name, b.Name))
	})
	return all[:max(0, min(len(all), limit))]
}
