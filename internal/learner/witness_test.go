package learner_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/notary"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// witness gives the desks the server's own voice.
func (c *campus) witness(t *testing.T) *notary.Notary {
	t.Helper()
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	own := &notary.Notary{DB: c.DB, Keys: keys, BaseURL: "https://records.example", Now: c.Now}
	c.desk.Witness, c.desk.Fetcher, c.employer.Fetcher = own, own.Over(nil), own.Over(nil)
	return own
}

// wantConfirmed: what Tom confirmed goes along with the statement as a credential of the server's, which a stranger verifies
// with nothing but the server's document; changed words in it are found.
func (c *campus) wantConfirmed(t *testing.T, own *notary.Notary, id record.StatementID) {
	t.Helper()
	share := c.share(c.amara, learner.ShareRequest{Items: []string{"stated/" + string(id)}, AllowDownload: true})
	opened, err := c.employer.Open(t.Context(), record.Actor{}, share.Token, "")
	if err != nil || len(opened.Documents) != 1 || len(opened.Documents[0].Said) != 1 {
		t.Fatalf("%+v, %v", opened, err)
	}
	doc := opened.Documents[0]
	for name, said := range map[string]*verify.Report{"shared": doc.Said[0], "preview": c.shown(t, id), "record": c.mine(c.amara).Stated[0].Said[0]} {
		if said.Own != verify.Verified || said.Kind != verify.KindEndorsement || said.Issuer.ID != "did:web:records.example:verifier" {
			t.Errorf("%s: %s %s by %s: %+v", name, said.Own, said.Kind, said.Issuer.ID, said.Findings)
		}
	}
	parsed, err := ijson.Parse(doc.Said[0].Credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	comment := ob.ReadEndorsementCredential(parsed.Root()).CredentialSubject.EndorsementComment
	for _, want := range []string{"Tom Ek (ran the club) confirmed this on " + c.Now().Format("2006-01-02"), "an address at club.example", "“Talk”: “I spoke.”", "In their own words: “It was good.”"} {
		if !strings.Contains(comment, want) {
			t.Errorf("%q is not in %q", want, comment)
		}
	}
	if strings.Contains(string(doc.Bytes), "tom@club.example") {
		t.Error("readers of the share see the mail address")
	}
	forged := bytes.Replace(doc.Bytes, []byte("It was good."), []byte("It was the best."), 1)
	rep := verify.Verify(t.Context(), forged, &verify.Options{Fetcher: own.Over(nil), Now: c.Now()})
	if len(rep.Credentials) != 1 || rep.Credentials[0].Own != verify.Failed {
		t.Errorf("changed words: %+v", rep)
	}
}

func (c *campus) shown(t *testing.T, id record.StatementID) *verify.Report {
	t.Helper()
	shown, err := c.desk.Shown(t.Context(), c.amara, learner.ShareRequest{Items: []string{"stated/" + string(id)}})
	if err != nil || len(shown) != 1 || len(shown[0].Said) != 1 {
		t.Fatalf("%+v, %v", shown, err)
	}
	return shown[0].Said[0]
}
