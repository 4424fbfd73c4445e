// Command sbom writes what a built program is made of as a CycloneDX 1.6 document: its version, its Go version and every
// module that is linked into it, with the hash under which the module's checksum is published. All of it is read out of
// the program itself, so that the list is of what runs and not of what was meant.
//
//	go run ./scripts/sbom bin/laurel > laurel.cdx.json
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "sbom: name the built program, such as bin/laurel")
		os.Exit(64)
	}
	if err := write(os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(74)
	}
}

// document is a CycloneDX bill of materials (CycloneDX 1.6, JSON).
type document struct {
	BOMFormat   string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    metadata    `json:"metadata"`
	Components  []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	BOMRef     string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	PURL       string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// write describes the program in a file. The same program gives the same bytes: there is no time and no random number.
func write(w io.Writer, name string) error {
	info, err := buildinfo.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%s is no program built by Go: %w", name, err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	program := component{Type: "application", BOMRef: info.Path, Name: info.Path, Version: info.Main.Version, Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}}}
	for _, s := range info.Settings {
		if strings.HasPrefix(s.Key, "vcs") || s.Key == "CGO_ENABLED" || s.Key == "-trimpath" || s.Key == "GOOS" || s.Key == "GOARCH" {
			program.Properties = append(program.Properties, property{"go:build:" + s.Key, s.Value})
		}
	}
	d := document{BOMFormat: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{program}}
	d.Components = append(d.Components, component{Type: "platform", BOMRef: "go", Name: "go", Version: info.GoVersion, PURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go")})
	for _, m := range info.Deps {
		c, err := module(m)
		if err != nil {
			return err
		}
		d.Components = append(d.Components, c)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(d)
}

// module describes a linked module. Its hash is that of go.sum (golang.org/x/mod/sumdb/dirhash, Hash1): SHA-256 over the
// hashes of its files, and so the one by which anybody's download of it is checked.
func module(m *debug.Module) (component, error) {
	if m.Replace != nil {
		m = m.Replace
	}
	c := component{Type: "library", BOMRef: m.Path + "@" + m.Version, Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
	sum, ok := strings.CutPrefix(m.Sum, "h1:")
	if !ok {
		return c, fmt.Errorf("the module %s %s has no checksum", m.Path, m.Version)
	}
	b, err := base64.StdEncoding.DecodeString(sum)
	if err != nil {
		return c, fmt.Errorf("the checksum of %s: %w", m.Path, err)
	}
	c.Properties = []property{{"go:sum:h1", hex.EncodeToString(b)}}
	return c, nil
}
