package report

import (
	"fmt"

	"millpond/bench"
)

// limitVerdict is the answer of a search for the highest rate.
func limitVerdict(l *bench.Limit) verdict {
	v := verdict{Headline: fmt.Sprintf("No rate was found at which the server keeps %s", listed(l.Objectives))}
	if l.Rate.Known() {
		v.Headline = fmt.Sprintf("The server keeps %s up to %s requests/s", listed(l.Objectives), formatRate(l.Rate.Float()))
	}
	if l.Why != "" {
		v.Headline += ": " + l.Why
	}
	if l.Lost != nil {
		v.Headline += fmt.Sprintf("; at %s/s %s was lost: %s", formatRate(l.LostAt.Float()), l.Lost.Expression, Missed(*l.Lost))
	}
	v.Headline += "."
	return v
}
