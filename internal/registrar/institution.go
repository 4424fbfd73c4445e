package registrar

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// maxName bounds a name of an institution, a person or an achievement: longer text is a paste that went wrong.
const maxName = 500

// AddInstitution makes an institution with its first key and publishes its DID document and profile. A steward or
// the program itself may. Slug, name and base URL must be set; id, DID and dates are made here unless they are given.
func (d *Desk) AddInstitution(ctx context.Context, actor record.Actor, i record.Institution) (*record.Institution, error) {
	const op = "registrar.AddInstitution"
	if !actor.Has(record.RoleSteward) && (actor.Account != "" || actor.Stranger()) {
		return nil, record.Errorf(record.Forbidden, op, "only a steward of the server may add an institution")
	}
	if !slugForm.MatchString(i.Slug) {
		return nil, record.Errorf(record.Invalid, op, "the short name %q must be lower-case letters, digits and hyphens", i.Slug)
	}
	if strings.TrimSpace(i.Name) == "" || len(i.Name) > maxName {
		return nil, record.Errorf(record.Invalid, op, "the institution needs a name of at most %d bytes", maxName)
	}
	i.BaseURL = i.Root()
	if err := d.chooseDID(&i); err != nil {
		return nil, err
	}
	if i.ID == "" {
		i.ID = record.InstitutionID(record.NewID())
	}
	now := d.now()
	i.CreatedAt, i.UpdatedAt = now, now
	k, err := d.newKey(&i, d.Keys.Kinds()[0], "key-1")
	if err != nil {
		return nil, err
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddInstitution(ctx, &i); err != nil {
			if record.KindOf(err) == record.Conflict {
				return record.Errorf(record.Conflict, op, "there is already an institution with this short name or at this address")
			}
			return err
		}
		if err := tx.AddKey(ctx, k); err != nil {
			return err
		}
		if err := d.publishIdentity(ctx, tx, &i); err != nil {
			return err
		}
		if err := d.event(ctx, tx, actor, &i, "institution.added", "institution/"+string(i.ID), "", nil); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &i, "key.added", "key/"+string(k.ID), "", map[string]string{"multikey": k.Multikey})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	d.log().Info("institution added", "institution", i.ID)
	return &i, nil
}

// chooseDID names an institution that brings no DID by its base URL. did:web takes domain names only; on a loopback or
// bare address, where no stranger could resolve it anyway, the name is one that is reserved for examples (RFC 2606), and
// its document is answered from our own rows.
func (d *Desk) chooseDID(i *record.Institution) error {
	const op = "registrar.AddInstitution"
	if i.DID == "" {
		var err error
		if i.DID, err = record.WebDID(i.BaseURL); err != nil {
			return err
		}
		u, err := url.Parse(i.BaseURL)
		if err != nil {
			return record.Errorf(record.Invalid, op, "%q is not a web address; use https://host[:port][/path]", i.BaseURL)
		}
		if host := u.Hostname(); host == "localhost" || net.ParseIP(host) != nil {
			i.DID = "did:web:" + i.Slug + ".example"
			d.log().Warn("the public URL has no domain name; the issuer's DID resolves on this server alone", "did", i.DID)
		}
	}
	if _, err := did.WebURL(i.DID); err != nil {
		return &record.Error{Kind: record.Invalid, Op: op, Err: err, Message: fmt.Sprintf(
			"%s cannot be an issuer: did:web needs a domain name, not an address; set the public URL, or give the institution a DID of its own", i.DID)}
	}
	return nil
}

// event writes an audit event of this desk.
func (d *Desk) event(ctx context.Context, tx *store.Tx, actor record.Actor, i *record.Institution, action, object string, learner record.LearnerID, detail map[string]string) error {
	if actor.RequestID != "" {
		if detail == nil {
			detail = map[string]string{}
		}
		detail["request"] = actor.RequestID
	}
	return tx.Append(ctx, &record.Event{Institution: i.ID, At: d.now(), Actor: actor.ID(), Action: action, Object: object, Learner: learner, Detail: detail})
}

// Institution reads the actor's institution.
func (d *Desk) Institution(ctx context.Context, actor record.Actor) (*record.Institution, error) {
	const op = "registrar.Institution"
	if err := actor.Require(op, actor.Institution, record.Roles...); err != nil {
		return nil, err
	}
	var i *record.Institution
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		i, err = tx.Institution(ctx, actor.Institution)
		return err
	})
	return i, record.Wrap(op, err)
}

// ChangeProfile changes the institution's name, profile and policy, and publishes them.
func (d *Desk) ChangeProfile(ctx context.Context, actor record.Actor, change ProfileChange) (*record.Institution, error) {
	const op = "registrar.ChangeProfile"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleOperator); err != nil {
		return nil, err
	}
	if strings.TrimSpace(change.Name) == "" || len(change.Name) > maxName {
		return nil, record.Errorf(record.Invalid, op, "the institution needs a name of at most %d bytes", maxName)
	}
	if err := checkAccent(op, change.Profile.Accent); err != nil {
		return nil, err
	}
	var i *record.Institution
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if i, err = tx.Institution(ctx, actor.Institution); err != nil {
			return err
		}
		// Whoever only prepares cannot do away with the second pair of eyes.
		if i.Policy.TwoPeople && !change.Policy.TwoPeople && !actor.Has(record.RoleOperator, record.RoleApprover) {
			return record.Errorf(record.Forbidden, op, "to lift the rule of two people takes an operator or somebody who approves")
		}
		i.Name, i.Profile, i.Policy, i.Version, i.UpdatedAt = change.Name, change.Profile, change.Policy, change.Version, d.now()
		if err := tx.ChangeInstitution(ctx, i); err != nil {
			return err
		}
		if err := d.publishIdentity(ctx, tx, i); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "institution.changed", "institution/"+string(i.ID), "", map[string]string{
			"twoPeople": fmt.Sprint(i.Policy.TwoPeople), "openRecords": fmt.Sprint(i.Policy.OpenRecords),
			"refresh": fmt.Sprint(i.Policy.Refresh), "walletCopies": fmt.Sprint(i.Policy.WalletCopies)})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return i, nil
}
