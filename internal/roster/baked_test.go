package roster

import (
	"strings"
	"testing"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/internal/record"
)

// picture is an SVG that carries something.
func picture(t *testing.T, credential string) []byte {
	t.Helper()
	b, err := bake.Bake([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>`), []byte(credential))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPicturesThatAreNoBadges(t *testing.T) {
	for name, tc := range map[string]struct {
		data []byte
		says string
	}{
		"no credential": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "without a credential"},
		"an address":    {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="https://badges.example/1"/></svg>`), "https://badges.example/1"},
		"half a PNG":    {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "badge.png: "},
	} {
		_, err := Read(t.Context(), "", []File{{Name: "badge.png", Data: tc.data}}, &Options{IRI: func(k string) string { return "urn:" + k }})
		if record.KindOf(err) != record.Invalid || !strings.Contains(record.MessageOf(err), tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBadgeOfANamedPerson: what a badge says of somebody becomes a draft that says where it comes from.
func TestBadgeOfANamedPerson(t *testing.T) {
	badge := picture(t, `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://badges.example/a/1","recipient":{"type":"email","hashed":false,"identity":"amara@example.edu"},
		"issuedOn":"2024-05-20T10:00:00Z","verification":{"type":"hosted"},"badge":{"type":"BadgeClass","id":"https://badges.example/b/1","name":"Robotics","description":"Built one","image":"https://badges.example/b.png",
		"criteria":{"narrative":"Build one"},"issuer":{"type":"Issuer","id":"https://badges.example/i","name":"Robot Club","url":"https://badges.example"}}}`)
	table := read(t, "", []File{{Name: "badge.svg", Data: badge}})
	if table.Format != "ob2" || len(table.Awards) != 1 || len(table.Learners) != 1 || table.Learners[0].Email != "amara@example.edu" {
		t.Fatalf("%s: %+v", table.Format, table)
	}
	if d := table.Awards[0].Detail; d.AwardedOn != "2024-05-20" || d.Source == nil || d.Source.Name != "Recorded from Robot Club" {
		t.Errorf("%+v", d)
	}
}

// TestBadgeOfTheField: a badge in a picture or a token names its class and issuer by address; with those documents beside it
// it is read, and without them the one that is missing is named.
func TestBadgeOfTheField(t *testing.T) {
	issuer := File{Name: "issuer.json", Data: []byte(`{"@context":"https://w3id.org/openbadges/v2","type":"Issuer","id":"https://example.org/organization.json","name":"Robot Club","url":"https://example.org","email":"a@example.org"}`)}
	for _, name := range []string{"openbadges-2.0/simple-badge.png", "openbadges-2.0/simple.jwt", "openbadges-2.0/basic-assertion.json"} {
		badge := sample(t, name)
		if _, err := Read(t.Context(), "ob2", badge, &Options{IRI: func(k string) string { return "urn:" + k }}); record.KindOf(err) != record.Invalid || !strings.Contains(record.MessageOf(err), "https://example.org/robotics-badge.json") {
			t.Errorf("%s alone: %v", name, err)
		}
		table := read(t, "", append(append(badge, sample(t, "openbadges-2.0/robotics-badge.json")...), issuer))
		if table.Format != "ob2" || len(table.Rejected) != 1 || !strings.Contains(table.Findings[len(table.Findings)-1].Say, "recipient is hashed") {
			t.Errorf("%s: %s %+v", name, table.Format, table.Findings)
		}
	}
}
