package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// Withhold makes of a credential with an ecdsa-sd-2023 base proof one that shows everything but what the JSON pointers
// name. Without pointers it shows everything: that is the form for whoever is not its holder. A pointer to what the issuer
// shows always is an error, and so is one to nothing: neither would leave anything out.
func Withhold(credential []byte, pointers ...string) ([]byte, error) {
	d, err := ijson.Parse(credential, nil)
	if err != nil {
		return nil, fmt.Errorf("present: %w", err)
	}
	for _, p := range pointers {
		if p == "" || !d.Root().At(p).IsValid() {
			return nil, fmt.Errorf("present: the credential has nothing at %q that could be left out", p)
		}
	}
	var shown []string
	for name, v := range d.Root().Members() {
		if name != "@context" && name != "proof" {
			shown = besides(shown, v, ijson.Pointer(name), pointers)
		}
	}
	out, err := Disclose(credential, shown...)
	if err != nil {
		return nil, err
	}
	after, err := ijson.Parse(out, nil)
	if err != nil {
		return nil, fmt.Errorf("present: %w", err)
	}
	for _, p := range pointers {
		if after.Root().At(p).IsValid() {
			return nil, fmt.Errorf("present: the issuer lets nobody leave out %q", p)
		}
	}
	return out, nil
}

// besides appends the pointers to all that is at a place and is not left out.
func besides(shown []string, v ijson.Value, at string, left []string) []string {
	if slices.Contains(left, at) {
		return shown
	}
	if !slices.ContainsFunc(left, func(p string) bool { return strings.HasPrefix(p, at+"/") }) {
		return append(shown, at)
	}
	for name, m := range v.Members() {
		shown = besides(shown, m, at+ijson.Pointer(name), left)
	}
	n := 0
	for e := range v.Elements() {
		shown = besides(shown, e, fmt.Sprintf("%s/%d", at, n), left)
		n++
	}
	return shown
}
