package registrar

import (
	"bytes"
	"context"
	"slices"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
)

// What a compromised key signed is signed anew with the key that signs now: the institution's endorsements at once, because
// what is signed next carries them; people's awards, whole records and assembled records person by person in a run.

// signAnew renews the endorsements of compromised keys and queues the records of everybody about whom such a key signed
// something that is in force.
func (d *Desk) signAnew(ctx context.Context, tx *store.Tx, actor record.Actor, i *record.Institution, keys []*record.Key) error {
	for _, k := range keys {
		if k.State != record.KeyCompromised {
			continue
		}
		learners, err := tx.LearnersOfKey(ctx, k.ID) // before the endorsements forget their key
		if err != nil {
			return err
		}
		if err := d.endorseAnew(ctx, tx, actor, i, k); err != nil {
			return err
		}
		if len(learners) == 0 {
			continue
		}
		if _, err := d.addRun(ctx, tx, actor, i, learners); err != nil {
			return err
		}
	}
	return nil
}

// endorseAnew signs the endorsements in force of one key with the key that signs now, under their ids and their places in
// the status list.
func (d *Desk) endorseAnew(ctx context.Context, tx *store.Tx, actor record.Actor, i *record.Institution, old *record.Key) error {
	all, err := tx.EndorsementsOfKey(ctx, old.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	pen, k, err := d.penInForce(ctx, tx, i)
	if err != nil {
		return err
	}
	now := d.now()
	for _, e := range all {
		entry, err := tx.StatusOf(ctx, i.EndorsementURL(e.ID), 1)
		if err != nil {
			return err
		}
		unsigned, err := unsignedEndorsement(i, e, entry, now)
		if err != nil {
			return err
		}
		before := e.SHA256
		if e.Bytes, err = pen.whole().secure(ctx, unsigned, now); err != nil {
			return explain(err, "the endorsement of “"+e.Name+"”")
		}
		e.SHA256, e.Key = record.Sum(e.Bytes), k.ID
		if err := tx.RenewEndorsement(ctx, e, now); err != nil {
			return err
		}
		if err := d.event(ctx, tx, actor, i, "endorsement.signed_anew", "endorsement/"+string(e.ID), e.Learner, map[string]string{"sha256": e.SHA256, "before": before, "key": string(k.ID)}); err != nil {
			return err
		}
	}
	return nil
}

// again is an assembled record that is signed anew with the same parts.
type again struct {
	previous *record.Credential
	place    place
	parts    []string // addresses
	related  []ob.Achievement
	links    []clr.Association
}

// prepareAssemblies finds the assembled records that a compromised key signed, or of which a part is signed anew.
func (d *Desk) prepareAssemblies(ctx context.Context, tx *store.Tx, t *ticket) error {
	made, err := tx.CurrentOfLearner(ctx, t.learner.ID, "ClrCredential")
	if err != nil {
		return err
	}
	inForce, renewed := map[string]string{}, map[string]bool{} // by address: the achievement; signed anew
	for _, h := range t.held {
		inForce[h.uri] = h.achievement
	}
	for n := range t.awards {
		uri := t.institution.RecordURL(t.awards[n].award.CredentialID)
		inForce[uri], renewed[uri] = t.awards[n].about.IRI, t.awards[n].again
	}
	for _, c := range made {
		if c.PathID == t.learner.RecordID {
			continue
		}
		a, earned := again{previous: c}, map[string]bool{}
		touched := t.compromised(c.Key)
		uris, err := partAddresses(c.Bytes)
		if err != nil {
			return err
		}
		for _, uri := range uris {
			touched = touched || renewed[uri]
			if achievement, ok := inForce[uri]; ok { // what was revoked since then is not said again
				a.parts, earned[achievement] = append(a.parts, uri), true
			}
		}
		if !touched || len(a.parts) == 0 {
			continue
		}
		if a.place, err = d.reserve(ctx, tx, t.institution, c.URI, c.PathID, t.item.IssuedAt); err != nil {
			return err
		}
		if a.related, a.links, err = related(ctx, tx, t.institution, earned); err != nil {
			return err
		}
		t.assemblies = append(t.assemblies, a)
	}
	return nil
}

// partAddresses reads the addresses of a record's parts.
func partAddresses(b []byte) ([]string, error) {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return nil, record.Wrap("registrar.partAddresses", err)
	}
	var out []string
	for _, part := range doc.Root().Get("credentialSubject").Get("verifiableCredential").Each() {
		out = append(out, part.Get("id").Text())
	}
	return out, nil
}

// signAssemblies signs the assembled records of a ticket around the parts that are in force now.
func (d *Desk) signAssemblies(ctx context.Context, t *ticket, around *penhold, parts []part) ([]signed, error) {
	var out []signed
	for _, a := range t.assemblies {
		var chosen []part
		for _, p := range parts {
			if slices.Contains(a.parts, p.uri) {
				chosen = append(chosen, p)
			}
		}
		c := recordCredential(t.institution, t.learner, a.place, chosen, a.related, a.links)
		c.ID, c.Name = a.previous.URI, a.previous.Name
		unsigned, err := issue.CLR(c)
		if err != nil {
			return nil, err
		}
		b, err := around.secure(ctx, unsigned, a.place.validFrom)
		if err != nil {
			return nil, explain(err, "“"+c.Name+"”")
		}
		kept := d.credential(t, a.place, "ClrCredential", c.ID, a.previous.PathID, c.Name, a.previous.ValidUntil, b)
		kept.Suite = around.key.Suite
		out = append(out, signed{credential: kept, assembled: a.previous})
	}
	return out, nil
}

// tainted reports whether a credential must be signed anew: a compromised key signed it, or an endorsement that it carries.
func (t *ticket) tainted(c *record.Credential) bool {
	if t.compromised(c.Key) {
		return true
	}
	return slices.ContainsFunc(t.keys, func(k *record.Key) bool {
		return k.State == record.KeyCompromised && bytes.Contains(c.Bytes, []byte(`"`+k.VerificationMethod(t.institution.DID)+`"`))
	})
}

// keepSuspended lets the version that takes the place of a suspended one be suspended too: another signature is no pardon.
func (d *Desk) keepSuspended(ctx context.Context, tx *store.Tx, fresh, previous *record.Credential, lists map[record.StatusListID]bool) error {
	if previous.State != record.CredentialSuspended {
		return nil
	}
	before, err := tx.StatusOf(ctx, previous.URI, previous.Revision)
	if err != nil {
		return err
	}
	e, err := tx.StatusOf(ctx, fresh.URI, fresh.Revision)
	if err != nil {
		return err
	}
	e.Suspended, e.Reason, e.ChangedAt = true, before.Reason, d.now()
	lists[e.List] = true
	if err := tx.SetStatus(ctx, e); err != nil {
		return err
	}
	return tx.MoveCredential(ctx, fresh.ID, record.CredentialSuspended)
}
