package deploy

import (
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// object is what the tests look at of any object of the manifest.
type object struct {
	Kind string
	Spec struct {
		Template struct {
			Metadata struct{ Annotations map[string]string }
			Spec     struct {
				TerminationGracePeriodSeconds int `yaml:"terminationGracePeriodSeconds"`
				Containers                    []container
			}
		}
		Ports []struct {
			TargetPort string `yaml:"targetPort"`
		}
	}
}

type container struct {
	Args  []string
	Ports []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	StartupProbe   probe `yaml:"startupProbe"`
	LivenessProbe  probe `yaml:"livenessProbe"`
	ReadinessProbe probe `yaml:"readinessProbe"`
	Lifecycle      struct {
		PreStop struct{ Sleep struct{ Seconds int } } `yaml:"preStop"`
	}
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

func readManifest(t *testing.T) (deployment, service object) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(read(t, "kubernetes/millpond.yaml")))
	for _, object := range []*object{&deployment, &service} {
		if err := decoder.Decode(object); err != nil {
			t.Fatal(err)
		}
	}
	if deployment.Kind != "Deployment" || service.Kind != "Service" || len(deployment.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%+v, %+v", deployment, service)
	}
	return deployment, service
}

// TestManifestPorts checks that the ports are those of the flags, and that everything points at the right one.
func TestManifestPorts(t *testing.T) {
	deployment, service := readManifest(t)
	pod := deployment.Spec.Template
	millpond := pod.Spec.Containers[0]
	flags := map[string]string{"http": "--addr=:", "admin": "--admin-addr=0.0.0.0:"}
	for _, port := range millpond.Ports {
		number := strconv.Itoa(port.ContainerPort)
		if !slices.Contains(millpond.Args, flags[port.Name]+number) {
			t.Errorf("port %s: no flag %s%s among %q", port.Name, flags[port.Name], number, millpond.Args)
		}
		if scraped := pod.Metadata.Annotations["prometheus.io/port"]; (scraped == number) != (port.Name == "admin") {
			t.Errorf("port %s is %s, and scraped is %s", port.Name, number, scraped)
		}
	}
	if len(millpond.Ports) != len(flags) || len(service.Spec.Ports) != 1 || service.Spec.Ports[0].TargetPort != "http" {
		t.Errorf("ports %+v, of the service %+v", millpond.Ports, service.Spec.Ports)
	}
}

// TestManifestProbes starts a server with the flags of the manifest, and asks it what the probes ask.
func TestManifestProbes(t *testing.T) {
	deployment, _ := readManifest(t)
	millpond := deployment.Spec.Template.Spec.Containers[0]
	args := strings.Fields(anyPort.Replace(strings.Join(millpond.Args, " ")))
	_, admin := serving(t, exec.Command(binary(t), args...))
	for probe, want := range map[probe]string{
		millpond.StartupProbe: "alive\n", millpond.LivenessProbe: "alive\n", millpond.ReadinessProbe: "ready\n",
	} {
		status, body, err := get(client, "http://"+elsewhere(admin)+probe.HTTPGet.Path)
		if err != nil || status != http.StatusOK || body != want || probe.HTTPGet.Port != "admin" {
			t.Errorf("%+v: %d %q, %v, want 200 %q", probe.HTTPGet, status, body, err, want)
		}
	}
}

// TestManifestDrains checks that the kubelet waits for a drain.
func TestManifestDrains(t *testing.T) {
	deployment, _ := readManifest(t)
	pod := deployment.Spec.Template.Spec
	sleep := time.Duration(pod.Containers[0].Lifecycle.PreStop.Sleep.Seconds) * time.Second
	outlasts(t, strconv.Itoa(pod.TerminationGracePeriodSeconds)+"s", sleep)
}
