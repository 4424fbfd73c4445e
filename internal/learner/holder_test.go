package learner_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/notary"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// signing gives the learner's desk keys for its learners.
func (c *campus) signing(t *testing.T) {
	t.Helper()
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	c.desk.Holder = &notary.Holders{DB: c.DB, Keys: keys, Now: c.Now}
}

// TestALearnerSignsAShare: what is shared can be one presentation under the learner's own key, which a stranger verifies
// with nothing but the file; nothing in it can be changed, and it ends with the share.
func TestALearnerSignsAShare(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		m := c.mine(c.amara)
		req := learner.ShareRequest{Items: []string{m.Items[0].Ref, m.Items[1].Ref}, Signed: true, AllowDownload: true}
		_, err := c.desk.Share(ctx, c.amara, req)
		wantKind(t, err, record.Unavailable) // nobody keeps keys here
		c.signing(t)
		id, err := c.desk.State(ctx, c.amara, "", 0, record.StatementBody{Name: "Talk at the data club", Type: "Achievement", Description: "Twenty minutes."})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.desk.Share(ctx, c.amara, learner.ShareRequest{Items: []string{"stated/" + string(id)}, Signed: true})
		wantKind(t, err, record.Invalid) // there is no seal to carry
		req.Items = append(req.Items, "stated/"+string(id))
		first, second := c.share(c.amara, req), c.share(c.amara, req)
		opened, err := c.employer.Open(ctx, record.Actor{}, first.Token, "")
		if err != nil || opened.Signed == nil || len(opened.Documents) != 3 {
			t.Fatalf("opened: %+v, %v", opened, err)
		}
		s := opened.Signed
		if rep := c.WantVerdict(s.Bytes, verify.Verified); rep.Kind != "VerifiablePresentation" || len(rep.Credentials) != 2 || s.Report.Own != verify.Verified {
			t.Errorf("the presentation: %s with %d credentials, on the page %s", rep.Kind, len(rep.Credentials), s.Report.Own)
		}
		if !strings.HasPrefix(s.Holder, "did:key:z6Mk") || !bytes.Contains(s.Bytes, []byte(`"challenge":"`+string(first.ID)+`"`)) || bytes.Contains(s.Bytes, []byte("data club")) {
			t.Errorf("holder %s of %.400s", s.Holder, s.Bytes)
		}
		other, err := c.employer.Open(ctx, record.Actor{}, second.Token, "")
		if err != nil || other.Signed.Holder != s.Holder || bytes.Equal(other.Signed.Bytes, s.Bytes) {
			t.Errorf("a second share is signed by %s, the same bytes or %v", other.Signed.Holder, err)
		}
		changed := bytes.Replace(s.Bytes, []byte(`"A-"`), []byte(`"A"`), 1)
		if bytes.Equal(changed, s.Bytes) {
			t.Fatal("there is no grade to change")
		}
		c.WantVerdict(changed, verify.Failed)
		c.WantVerdict(bytes.Replace(s.Bytes, []byte(first.ID), []byte(second.ID), 1), verify.Failed) // shown on another occasion
		if receipt, err := c.desk.Receipt(ctx, c.amara, first.ID); err != nil || receipt.SignedBy != s.Holder {
			t.Errorf("the receipt: %+v, %v", receipt, err)
		}
		if err := c.desk.RevokeShare(ctx, c.amara, first.ID); err != nil {
			t.Fatal(err)
		}
		err = db.View(ctx, func(tx *store.Tx) error { _, err := tx.Presentation(ctx, first.ID); return err })
		wantKind(t, err, record.NotFound)
	})
}

// TestOnlyOwnWords: who shares nothing but their own word is named, and the page says that nothing was checked.
func TestOnlyOwnWords(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	id, err := c.desk.State(ctx, c.amara, "", 0, record.StatementBody{Name: "Talk", Type: "Achievement", Description: "Twenty minutes."})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := c.employer.Open(ctx, record.Actor{}, c.share(c.amara, learner.ShareRequest{Items: []string{"stated/" + string(id)}}).Token, "")
	if err != nil || opened.Learner != "Amara Okafor" || opened.Report.Verdict != verify.Indeterminate {
		t.Errorf("%q, %v, %v", opened.Learner, opened.Report.Verdict, err)
	}
}
