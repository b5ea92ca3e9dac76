package report

import (
	"regexp"
	"strings"
)

var beforeUnit = regexp.MustCompile(`(\d) (%|×|µs|ms|s\b|[KMG]iB\b)`)

// unbroken keeps numbers and their units on one line.
func unbroken(sentence string) string {
	return beforeUnit.ReplaceAllString(sentence, "$1\u00a0$2")
}

// yesNo is for tables.
func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// counted is a number of things, in the plural where it must be.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return formatCount(int64(n)) + " " + thing
}

// listed joins names as a sentence does: a, b and c.
func listed(names []string) string {
	switch n := len(names); n {
	case 0:
		return "nothing"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// isOrAre is a number with its verb.
func isOrAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return formatCount(int64(n)) + " are"
}
