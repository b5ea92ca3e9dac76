package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"millpond/pool"
	"millpond/server"
)

const (
	// mostWorkers is the most that --workers takes, autoWorkers what "auto"
	// stands for: the gate decides how many of them work.
	mostWorkers = 1_000_000
	autoWorkers = 4096
)

// workers is the value of --workers; zero leaves it to the server. Of a single
// number nothing is known of the least.
type workers struct{ least, most int }

// leastWorkers is how many workers start whatever the processors have to do. With
// backends these are all that a single number allows: it says what the backends
// can take, and what the processors here have to do does not.
func (o *options) leastWorkers() int {
	if o.Workers.least == 0 && len(o.Upstream) > 0 {
		return o.Workers.most
	}
	return o.Workers.least
}

func parseWorkers(_ *kong.Value, text string) (workers, string) {
	const allowed = "a number from 1 to 1000000, auto, or LEAST..MOST such as 4..64"
	if text == "auto" {
		return workers{least: 1, most: autoWorkers}, ""
	}
	least, most, isRange := strings.Cut(text, "..")
	if !isRange {
		most = text
	}
	w := workers{}
	var err error
	if w.most, err = strconv.Atoi(most); err != nil || w.most < 1 || w.most > mostWorkers {
		return w, allowed
	}
	if isRange {
		if w.least, err = strconv.Atoi(least); err != nil || w.least < 1 || w.least > w.most {
			return w, allowed
		}
	}
	return w, ""
}

// class is a value of --class.
type class server.Class

// priorities are the words for a class's.
var priorities = map[string]int{"low": -1, "normal": 0, "high": 1, "critical": 2}

func parseClass(_ *kong.Value, text string) (class, string) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return class{}, classForm
	}
	name, path, _ := strings.Cut(words[0], "=")
	switch {
	case name == "" || path == "":
		return class{}, fmt.Sprintf("%s; %q has no name, or no path", classForm, words[0])
	case path[0] != '/':
		return class{}, fmt.Sprintf("%s; the path must begin with /, as %q does not", classForm, path)
	}
	c := class{Class: pool.Class{Name: name}, Path: path}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		if err := c.set(key, value); err != nil {
			return class{}, classForm + "; " + err.Error()
		}
	}
	return c, ""
}

const classForm = "NAME=PATH and settings, such as 'reports=/reports/* workers=2 borrow queue-wait=2s priority=low'"

// set takes one setting of a class.
func (c *class) set(key, value string) (err error) {
	switch key {
	case "workers":
		if c.Workers, err = strconv.Atoi(value); err != nil || c.Workers < 1 {
			return fmt.Errorf("workers must be a number of at least 1, not %q", value)
		}
	case "borrow":
		if c.Borrow, err = strconv.ParseBool(cmp.Or(value, "true")); err != nil {
			return fmt.Errorf("borrow must be true or false, not %q", value)
		}
	case "queue-wait":
		if c.QueueWait, err = time.ParseDuration(value); err != nil || c.QueueWait <= 0 {
			return fmt.Errorf("queue-wait must be a duration above 0 such as 2s, not %q", value)
		}
	case "priority":
		var ok bool
		if c.Priority, ok = priorities[value]; !ok {
			return fmt.Errorf("priority must be low, normal, high or critical, not %q", value)
		}
	default:
		return fmt.Errorf("there is no setting %q, only workers, borrow, queue-wait and priority", key)
	}
	return nil
}

// classes are those of the server.
func (o *options) classes() (classes []server.Class) {
	for _, c := range o.Class {
		classes = append(classes, server.Class(c))
	}
	return classes
}

// field is a value of --refusal-header.
type field struct{ name, value string }

// parseField takes a line apart. What may be in it, the server judges.
func parseField(_ *kong.Value, text string) (field, string) {
	name, value, ok := strings.Cut(text, ":")
	if !ok || name == "" {
		return field{}, "a field such as 'Access-Control-Allow-Origin: *'"
	}
	return field{name, strings.TrimSpace(value)}, ""
}

// refusals are what the server refuses requests with.
func (o *options) refusals() server.Refusals {
	header := http.Header{}
	for _, f := range o.RefusalHeader {
		header.Add(f.name, f.value)
	}
	return server.Refusals{Header: header}
}

func parsePrefix(_ *kong.Value, text string) (netip.Prefix, string) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), ""
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return prefix, "an address or a network such as 10.0.0.1 or 10.0.0.0/8"
	}
	return prefix, ""
}
