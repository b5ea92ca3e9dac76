package deploy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const rules, rulesTest = "prometheus/rules.yml", "prometheus/rules_test.yml"

func TestRules(t *testing.T) {
	promtool := tool(t, "promtool", "prometheus")
	run(t, promtool, "check", "rules", rules)
	run(t, promtool, "test", "rules", rulesTest)
}

// rule is one of rules.yml.
type rule struct{ Alert, Record, Expr string }

func readRules(t *testing.T) (all []rule) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal([]byte(read(t, rules)), &file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	return all
}

// TestEveryRuleIsTested checks that the cases for promtool know each alert and each record. That an alert does not fire
// where it should not is in each case, as that tells all that fire.
func TestEveryRuleIsTested(t *testing.T) {
	cases := read(t, rulesTest)
	for _, r := range readRules(t) {
		if r.Alert != "" && !strings.Contains(cases, `alertname="`+r.Alert+`"`) || r.Record != "" && !strings.Contains(cases, "'"+r.Record+`{`) {
			t.Errorf("no case has %s%s", r.Alert, r.Record)
		}
	}
}

// database is a Prometheus that scrapes a server every second, and evaluates the rules as often.
type database struct{ api string }

func startPrometheus(t *testing.T, targets ...string) *database {
	t.Helper()
	prometheus := tool(t, "prometheus", "prometheus")
	path, err := filepath.Abs(rules)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, `
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs: [{job_name: millpond, static_configs: [{targets: %q}]}]
`, path, targets), 0o644); err != nil {
		t.Fatal(err)
	}
	found := launch(t, `msg="Listening on" address=(\S+)`, exec.Command(prometheus,
		"--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0"))
	return &database{"http://" + found[1] + "/api/v1/query?query="}
}

// query returns how many series an expression has, those apart whose value is no number.
func (db *database) query(t *testing.T, expr string) (series int) {
	t.Helper()
	status, body, err := get(client, db.api+url.QueryEscape(expr))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if status == http.StatusServiceUnavailable {
		return 0 // It starts.
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("%s: status %d, %s", expr, status, body)
	}
	for _, result := range answer.Data.Result {
		if result.Value[1] != "NaN" {
			series++
		}
	}
	return series
}

// TestAgainstPrometheus has a real Prometheus scrape a real server, and asks it for all that the rules, the dashboard and
// the autoscaler want to know.
func TestAgainstPrometheus(t *testing.T) {
	backend := httptest.NewServer(http.NotFoundHandler())
	defer backend.Close()
	addr, admin := serve(t, "--workers=1", "--upstream="+backend.URL)
	db := startPrometheus(t, admin)
	answers := func(name, expr string) {
		t.Helper()
		until(t, name+": "+expr, func() bool {
			if status, _, err := get(client, "http://"+addr); err != nil || status != http.StatusNotFound {
				t.Fatal(status, err)
			}
			return db.query(t, expr) > 0
		})
	}
	for _, r := range readRules(t) {
		if r.Record != "" {
			answers("record", r.Record)
			continue
		}
		// An alert has nothing to say here, but all that it looks at must be there.
		for _, selector := range selectors.FindAllString(r.Expr, -1) {
			answers(r.Alert, selector)
		}
		db.query(t, r.Expr)
	}
	if firing := db.query(t, `ALERTS{alertstate="firing"}`); firing != 0 {
		t.Errorf("%d alerts fire", firing)
	}
	for _, p := range readPanels(t) {
		for _, target := range p.Targets {
			answers(p.Title, variables.Replace(target.Expr))
		}
	}
	var keda struct {
		Spec struct {
			Triggers []struct{ Metadata struct{ Query string } }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "kubernetes/keda.yaml")), &keda); err != nil || len(keda.Spec.Triggers) != 1 {
		t.Fatalf("%v, %+v", err, keda)
	}
	answers("autoscaler", keda.Spec.Triggers[0].Metadata.Query)
}

// selectors finds what an expression selects.
var selectors = regexp.MustCompile(`\b(up|\w+:\w+:\w+|millpond_\w+)\b({[^}]*})?`)

// variables stand in for what Grafana puts into a query.
var variables = strings.NewReplacer("$__rate_interval", "10s", "$job", ".*", "$instance", ".*")

// panel is what is shown at one place of the dashboard.
type panel struct {
	Title   string
	Targets []struct{ Expr string }
}

func readPanels(t *testing.T) []panel {
	t.Helper()
	var dashboard struct {
		UID    string
		Panels []panel
	}
	if err := json.Unmarshal([]byte(read(t, "grafana/millpond.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	if dashboard.UID == "" || len(dashboard.Panels) == 0 {
		t.Fatalf("%+v", dashboard)
	}
	return dashboard.Panels
}
