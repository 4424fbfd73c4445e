package registrar

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
)

// An endorsement is a credential about a credential's parts (Open Badges 3.0, EndorsementCredential): the institution
// vouches for an achievement, for an issuer or for an award. What is signed afterwards carries the endorsements of its
// parts that are in force, and every reader's verifier checks each by itself.

const (
	maxEndorsements = 10 // of one thing: every credential carries them
	maxComment      = 2000
)

// EndorseRequest says what is endorsed, and why.
type EndorseRequest struct {
	Kind    record.EndorsementKind
	About   string // achievement: as the catalogue is searched; issuer: a DID or web address; award: its id
	Name    string // of an issuer
	Comment string
}

// Endorsements lists the institution's endorsements, newest first, at most MaxPage.
func (d *Desk) Endorsements(ctx context.Context, actor record.Actor) ([]record.Endorsement, error) {
	const op = "registrar.Endorsements"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []record.Endorsement
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Endorsements(ctx, actor.Institution, MaxPage)
		for _, e := range all {
			out = append(out, *e)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// Endorse signs an endorsement. It speaks in the institution's name at once, so that it takes somebody who approves.
func (d *Desk) Endorse(ctx context.Context, actor record.Actor, in EndorseRequest) (*record.Endorsement, error) {
	const op = "registrar.Endorse"
	if err := actor.Require(op, actor.Institution, record.RoleApprover); err != nil {
		return nil, err
	}
	in.Comment = strings.TrimSpace(in.Comment)
	if err := checkText(op, "why it is endorsed", in.Comment, 1, maxComment); err != nil {
		return nil, err
	}
	now := d.now().Truncate(time.Second)
	e := &record.Endorsement{ID: record.EndorsementID(record.NewID()), Institution: actor.Institution, Kind: in.Kind, Comment: in.Comment, State: record.CredentialCurrent, CreatedBy: actor.Account, CreatedAt: now}
	var pen *penhold
	var unsigned []byte
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		if err := d.endorsed(ctx, tx, op, actor, i, &in, e); err != nil {
			return err
		}
		var k *record.Key
		if pen, k, err = d.penInForce(ctx, tx, i); err != nil {
			return err
		}
		e.Key = k.ID
		entry, err := d.takeStatus(ctx, tx, i, i.EndorsementURL(e.ID), 1)
		if err != nil {
			return err
		}
		unsigned, err = unsignedEndorsement(i, e, entry, now)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if e.Bytes, err = pen.whole().secure(ctx, unsigned, now); err != nil {
		return nil, record.Wrap(op, explain(err, "the endorsement"))
	}
	e.SHA256 = record.Sum(e.Bytes)
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddEndorsement(ctx, e); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: e.Institution}, "endorsement.signed", "endorsement/"+string(e.ID), e.Learner, map[string]string{"sha256": e.SHA256, "kind": string(e.Kind)})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return e, nil
}

func unsignedEndorsement(i *record.Institution, e *record.Endorsement, entry *record.StatusEntry, validFrom time.Time) ([]byte, error) {
	return issue.Endorsement(ob.EndorsementCredential{
		ID: i.EndorsementURL(e.ID), Name: testName(i, "Endorsement of "+e.Name), TermsOfUse: terms(i), Issuer: issuerProfile(i), ValidFrom: ob.At(validFrom), AwardedDate: ob.At(e.CreatedAt), CredentialStatus: statusEntry(i, entry),
		CredentialSubject: ob.EndorsementSubject{ID: e.About, EndorsementComment: e.Comment},
	})
}

// endorsed finds the thing that is endorsed.
func (d *Desk) endorsed(ctx context.Context, tx *store.Tx, op string, actor record.Actor, i *record.Institution, in *EndorseRequest, e *record.Endorsement) error {
	in.About = strings.TrimSpace(in.About)
	switch in.Kind {
	case record.EndorseAchievement:
		en := &entering{d: d, tx: tx, actor: actor, institution: i, seen: map[string]bool{}}
		a, refused, err := en.achievement(ctx, in.About)
		if err != nil {
			return err
		}
		if refused != "" {
			return record.Errorf(record.Invalid, op, "%s", refused)
		}
		e.About, e.Name = a.IRI, a.Name
	case record.EndorseIssuer:
		if err := checkText(op, "the issuer's name", in.Name, 1, maxWho); err != nil {
			return err
		}
		if !strings.HasPrefix(in.About, "did:") && !strings.HasPrefix(in.About, "https://") || len(in.About) > maxWho || strings.ContainsAny(in.About, " \t\r\n<>\"{}|\\^`") {
			return record.Errorf(record.Invalid, op, "an issuer is named by its DID (did:web:…) or its web address (https://…), as its credentials have it")
		}
		if in.About == i.DID || in.About == i.IssuerURL() {
			return record.Errorf(record.Invalid, op, "nobody gains by an institution's word for itself; endorse another")
		}
		e.About, e.Name = in.About, strings.TrimSpace(in.Name)
	case record.EndorseAward:
		a, err := optional(tx.NamedAward(ctx, record.AwardID(in.About)))
		if err != nil {
			return err
		}
		if a == nil || a.Institution != i.ID {
			return record.Errorf(record.NotFound, op, "there is no such award")
		}
		if a.State != record.AwardIssued {
			return record.Errorf(record.Conflict, op, "this award is %s; only what is issued and in force can be endorsed", a.State)
		}
		e.About, e.Name, e.Learner = i.RecordURL(a.CredentialID), a.AchievementName, a.Learner
	default:
		return record.Errorf(record.Invalid, op, "choose what is endorsed: an achievement, an issuer or an award")
	}
	there, err := tx.EndorsementsOf(ctx, e.About, maxEndorsements)
	if err != nil {
		return err
	}
	for _, t := range there {
		if t.Institution == i.ID {
			return record.Errorf(record.Conflict, op, "“%s” is endorsed already; revoke that endorsement first", e.Name)
		}
	}
	if len(there) >= maxEndorsements {
		return record.Errorf(record.TooLarge, op, "“%s” has %d endorsements already, and every credential would carry them all", e.Name, len(there))
	}
	return nil
}

// RevokeEndorsement takes an endorsement back; the list that says so is published in the same moment.
func (d *Desk) RevokeEndorsement(ctx context.Context, actor record.Actor, id record.EndorsementID, reason string) error {
	const op = "registrar.RevokeEndorsement"
	reason = strings.TrimSpace(reason)
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		e, err := tx.Endorsement(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, e.Institution, record.RoleApprover); err != nil {
			return err
		}
		if err := checkText(op, "the reason", reason, 1, maxNote); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, e.Institution)
		if err != nil {
			return err
		}
		e.Reason, e.EndedAt = reason, d.now()
		if err := tx.EndEndorsement(ctx, e); err != nil {
			return err
		}
		s, err := tx.StatusOf(ctx, i.EndorsementURL(id), 1)
		if err != nil {
			return err
		}
		s.Revoked, s.Reason, s.ChangedAt = true, reason, d.now()
		if err := tx.SetStatus(ctx, s); err != nil {
			return err
		}
		if err := d.publishStatus(ctx, tx, i, s.List); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "endorsement.revoked", "endorsement/"+string(id), e.Learner, map[string]string{"reason": reason})
	})
	return record.Wrap(op, err)
}

// Endorsement reads an endorsement at its address, as anybody may: it is public. One of somebody's award answers to
// whoever has the address, which nobody guesses.
func (d *Desk) Endorsement(ctx context.Context, id record.EndorsementID) (*record.Endorsement, error) {
	const op = "registrar.Endorsement"
	var e *record.Endorsement
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		e, err = tx.Endorsement(ctx, id)
		return err
	})
	return e, record.Wrap(op, err)
}

// vouched are the endorsements that credentials carry: by what they are about.
type vouched struct{ issuer, achievement, award []*record.Endorsement }

// readVouched reads the endorsements in force of an award's parts.
func readVouched(ctx context.Context, tx *store.Tx, i *record.Institution, achievementIRI, credentialURL string) (v vouched, err error) {
	if v.issuer, err = tx.EndorsementsOf(ctx, i.DID, maxEndorsements); err != nil {
		return v, err
	}
	if v.achievement, err = tx.EndorsementsOf(ctx, achievementIRI, maxEndorsements); err != nil {
		return v, err
	}
	v.award, err = tx.EndorsementsOf(ctx, credentialURL, maxEndorsements)
	return v, err
}

// into puts the endorsements where the standard wants them. A token goes only into a token: the published vocabulary does
// not define endorsementJwt, so that no other signature would cover it.
func (v *vouched) into(c *ob.AchievementCredential, token bool) {
	c.Endorsement, c.EndorsementJWT = embedded(v.award, token)
	c.Issuer.Endorsement, c.Issuer.EndorsementJWT = embedded(v.issuer, token)
	a := c.CredentialSubject.Achievement
	docs, tokens := embedded(v.achievement, token)
	a.Endorsement, a.EndorsementJWT = append(a.Endorsement, docs...), append(a.EndorsementJWT, tokens...)
}

// embedded parts endorsements into documents and tokens.
func embedded(all []*record.Endorsement, token bool) (docs []json.RawMessage, tokens []string) {
	for _, e := range all {
		switch {
		case len(e.Bytes) > 0 && e.Bytes[0] == '{':
			docs = append(docs, e.Bytes)
		case token:
			tokens = append(tokens, string(e.Bytes))
		}
	}
	return docs, tokens
}
