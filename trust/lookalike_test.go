package trust_test

import (
	"slices"
	"testing"

	"github.com/openlaurel/laurel/trust"
)

func TestResembles(t *testing.T) {
	known := []trust.Issuer{
		{ID: "did:web:records.harbour.example", Name: "Harbour University", URL: "https://harbour.example"},
		{ID: "https://north.example/issuers/1", Name: "North College"},
		{ID: "did:key:z6MkA", Name: "MIT"},
	}
	tests := []struct{ id, name, want string }{
		{"did:web:harbour-university.example", "Harbour University", "Harbour University"}, // the name taken whole
		{"did:web:evil.example", "Harb0ur Universlty", "Harbour University"},               // digits and l for i
		{"did:web:evil.example", "Hаrbour Univеrsity", "Harbour University"},               // Cyrillic a and e
		{"did:web:evil.example", "HARBOUR-UNIVERSITY ", "Harbour University"},              // case and dashes
		{"did:web:evil.example", "Harbour\u200b University", "Harbour University"},         // a space of no width
		{"did:web:records-harbour.example", "Somebody", "Harbour University"},              // the host alone
		{"https://n0rth.example/issuers/1", "Registrar", "North College"},                  // a digit in the host
		{"did:web:records.harbour.example", "Harbour University", ""},                      // the issuer itself
		{"https://records.harbour.example/issuers/harbour", "Harbour University", ""},      // its other identifier
		{"did:web:alumni.harbour.example", "Harbour University", ""},                       // below its own site
		{"did:web:harbor.example", "Harbor University", ""},                                // another word
		{"did:web:mit.example", "MIT", ""},                                                 // too short to tell
		{"did:web:south.example", "North Colleges", ""},                                    // one letter more is another name
		{"did:web:chartschool.example", "Chart School", ""},                                // nobody's
		{"", "", ""}, // nothing said
		{"did:web:%zz", "Harbour University", "Harbour University"},                                 // a broken id is not an excuse
		{"did:key:z6MkB", "North College", "North College"},                                         // a bare key with a known name
		{"did:web:harbour.example.evil.example", "Harbour University", "Harbour University"},        // a known host in front
		{"https://harbour.example@evil.example/issuer", "Harbour University", "Harbour University"}, // user before the host
		{"did:web:xn--hrbour-7wd.example", "Harbour University", "Harbour University"},              // by its name
	}
	for _, tt := range tests {
		got, ok := trust.Resembles(tt.id, tt.name, slices.Values(known))
		if got.Name != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %q resembles %q, want %q", tt.id, tt.name, got.Name, tt.want)
		}
	}
}
