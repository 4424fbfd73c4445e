package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"

	"github.com/openlaurel/laurel/internal/server"
)

// TestSeveralNodes reads both recipes for several nodes as their programs would: they are YAML, what they set are settings of
// this program, what they mount is declared, and the addresses they ask are addresses of the server.
func TestSeveralNodes(t *testing.T) {
	var values any
	if err := yaml.Unmarshal([]byte(read(t, "../../deploy/helm/values.yaml")), &values); err != nil {
		t.Fatalf("values.yaml: %v", err)
	}
	chart, err := template.New("laurel").Option("missingkey=error").Parse(read(t, "../../deploy/helm/templates/laurel.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, issuer := range []string{"", "letsencrypt"} { // both branches of the template
		values.(map[string]any)["certificateIssuer"] = issuer
		var rendered bytes.Buffer
		if err := chart.Execute(&rendered, map[string]any{"Values": values, "Release": map[string]any{"Name": "laurel"}}); err != nil {
			t.Fatal(err)
		}
		for _, d := range documents(t, rendered.Bytes()) {
			kinds = append(kinds, fmt.Sprint(d["kind"]))
			checkNames(t, d)
		}
		if got := strings.Contains(rendered.String(), "cert-manager.io"); got != (issuer != "") {
			t.Errorf("with the issuer %q the annotation is there: %t", issuer, got)
		}
	}
	if want := []string{"Deployment", "Service", "PodDisruptionBudget", "Ingress"}; !slices.Equal(kinds, append(want, want...)) {
		t.Errorf("the chart has %v", kinds)
	}
	for _, d := range documents(t, []byte(read(t, "../../deploy/helm/Chart.yaml"))) {
		if d["apiVersion"] != "v2" || d["name"] != "laurel" || d["version"] == nil {
			t.Errorf("Chart.yaml: %v", d)
		}
	}
	compose := documents(t, []byte(read(t, "../../deploy/several-nodes/compose.yaml")))[0]
	checkNames(t, compose)
	for name, service := range compose["services"].(map[string]any) {
		s := service.(map[string]any)
		for _, kind := range []string{"secrets", "volumes"} {
			declared, _ := compose[kind].(map[string]any)
			used, _ := s[kind].([]any)
			for _, u := range used {
				what, _, _ := strings.Cut(u.(string), ":")
				if _, ok := declared[what]; !ok {
					t.Errorf("%s uses %s of the %s, which are %v", name, what, kind, declared)
				}
			}
		}
	}
}

func documents(t *testing.T, b []byte) (out []map[string]any) {
	t.Helper()
	for dec := yaml.NewDecoder(bytes.NewReader(b)); ; {
		var d map[string]any
		if err := dec.Decode(&d); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
		out = append(out, d)
	}
}

// checkNames looks at every value: variables are settings, and what is probed is an address.
func checkNames(t *testing.T, v any) {
	t.Helper()
	var settings []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[server.Config]()) {
		settings = append(settings, f.Tag.Get("env"))
	}
	known := func(name string) {
		if strings.HasPrefix(name, "LAUREL_") && !slices.Contains(settings, name) {
			t.Errorf("%s is no setting", name)
		}
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				known(key)
				if get, ok := value.(map[string]any); ok && key == "httpGet" && !slices.Contains(server.Patterns(), "GET "+fmt.Sprint(get["path"])) {
					t.Errorf("%v is no address of the server", get["path"])
				}
				walk(value)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case string:
			known(v)
		}
	}
	walk(v)
}
