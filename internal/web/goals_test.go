package web

import (
	"testing"

	"github.com/openlaurel/laurel/gap"
)

// TestGapSentences: the engine's English sentences and the door's are the same, so that what the command line and the page
// say of one record never differs.
func TestGapSentences(t *testing.T) {
	said := readMessages(t, "messages/goals.en.json")
	for id, want := range gap.Messages {
		if said[id] != want {
			t.Errorf("%s: %q, want %q", id, said[id], want)
		}
	}
}

// TestGapSaysEscapes: what a credential is called never becomes a part of the page.
func TestGapSaysEscapes(t *testing.T) {
	c := &call{Site: bareSite(t)}
	c.words = c.sets.catalogue.Match("en")
	got := string(c.gapSays(gap.Message{ID: "gap.notYet", Args: map[string]string{"skill": `<script>alert(1)</script>**x`}}))
	if want := "Nothing in your record points to"; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("%q", got)
	}
	for i := 0; i+7 <= len(got); i++ {
		if got[i:i+7] == "<script" {
			t.Errorf("a name became a part of the page: %q", got)
		}
	}
}
