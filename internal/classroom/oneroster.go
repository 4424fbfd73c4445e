package classroom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/store"
)

// A OneRoster provider (1EdTech OneRoster 1.1 and 1.2, REST binding) is asked collection by collection, page by page. Each
// page is kept as it comes, so that whatever stops the fetching, it goes on behind the last page. When all is there, it is
// staged as an import like any upload: a person looks and decides.

const (
	pageRows    = 500             // asked for at once; a provider may give fewer
	pagesAtOnce = 20              // by one node, before others have their turn
	maxAttempts = 5               // in a row, before a person is asked
	retryAfter  = time.Minute     // times the number of attempts
	pullLease   = 3 * time.Minute // longer than a page and its token may take
	pullsShown  = 10
	pullsAtOnce = 5
	maxSecret   = 4_096
)

// oneRosterScopes are asked for (OneRoster 1.2, 4.1): to read, and no demographics.
var oneRosterScopes = []string{"https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly", "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly", "https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly"}

// RosterChange is what a person says about a roster provider. The zero ID makes a new one.
type RosterChange struct {
	ID        record.ClassroomSystemID
	Version   int64
	Name      string
	Address   string // of rostering; of a new one
	Gradebook string // 1.2: of the gradebook; empty: the same
	TokenURL  string
	ClientID  string
	Secret    string // empty keeps the one there is
	Source    string // the import source by whose matching it is read; empty: the name
	Off       bool
}

// PutRoster connects a roster provider, or changes what is known of it.
func (d *Desk) PutRoster(ctx context.Context, actor record.Actor, c RosterChange) (record.ClassroomSystemID, error) {
	const op = "classroom.PutRoster"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return "", err
	}
	c.Name, c.ClientID, c.Address, c.Gradebook = strings.TrimSpace(c.Name), strings.TrimSpace(c.ClientID), strings.TrimRight(strings.TrimSpace(c.Address), "/"), strings.TrimRight(strings.TrimSpace(c.Gradebook), "/")
	if err := errors.Join(checkNames(op, c.Name, c.ClientID), d.checkAddress(op, "address", c.Address), d.checkAddress(op, "token address", c.TokenURL)); err != nil {
		return "", first(err)
	}
	if c.Gradebook != "" {
		if err := d.checkAddress(op, "gradebook address", c.Gradebook); err != nil {
			return "", err
		}
	}
	var id record.ClassroomSystemID
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := d.systemToChange(ctx, tx, actor, record.ClassroomSystem{ID: c.ID, Version: c.Version, Kind: record.ClassroomOneRoster})
		if err != nil {
			return err
		}
		if s.ID != "" && c.Address != s.Issuer {
			return record.Errorf(record.Invalid, op, "another address is another provider: its people would be taken for these; connect a new one and switch this one off")
		}
		s.Name, s.Issuer, s.ClientID, s.Off = c.Name, c.Address, c.ClientID, c.Off
		s.Settings = record.ClassroomSettings{TokenURL: c.TokenURL, Gradebook: c.Gradebook, Source: strings.TrimSpace(c.Source)}
		if err := d.keepSecret(op, s, c.Secret); err != nil {
			return err
		}
		id, err = d.putSystem(ctx, tx, actor, s)
		return err
	})
	return id, record.Wrap(op, err)
}

// first is the first of joined errors: a form mends one thing at a time.
func first(err error) error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()[0]
	}
	return err
}

func (d *Desk) keepSecret(op string, s *record.ClassroomSystem, secret string) error {
	switch {
	case secret == "" && len(s.Sealed) == 0:
		return record.Errorf(record.Invalid, op, "the client secret is missing")
	case secret == "":
		return nil
	case len(secret) > maxSecret:
		return record.Errorf(record.Invalid, op, "the client secret has at most %d bytes", maxSecret)
	}
	var err error
	s.Sealed, err = d.Keys.SealSecret([]byte(secret))
	return record.Wrap(op, err)
}

// Roster reads one provider, without its secret, and what was fetched from it.
func (d *Desk) Roster(ctx context.Context, actor record.Actor, id record.ClassroomSystemID) (*record.ClassroomSystem, []*record.Pull, error) {
	var s *record.ClassroomSystem
	var pulls []*record.Pull
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if s, err = system(ctx, tx, actor, id, record.ClassroomOneRoster); err != nil {
			return err
		}
		s.Sealed = nil
		pulls, err = tx.Pulls(ctx, id, pullsShown)
		return err
	})
	return s, pulls, record.Wrap("classroom.Roster", err)
}

// BeginPull fetches a roster anew, or goes on where a fetching stopped.
func (d *Desk) BeginPull(ctx context.Context, actor record.Actor, id record.ClassroomSystemID) error {
	const op = "classroom.BeginPull"
	return record.Wrap(op, d.pullAct(ctx, actor, id, "classroom.pull", func(tx *store.Tx, s *record.ClassroomSystem, last *record.Pull) error {
		switch {
		case s.Off:
			return record.Errorf(record.Conflict, op, "this system is switched off")
		case last != nil && last.State == record.PullRunning:
			return record.Errorf(record.Conflict, op, "it is being fetched already")
		case last != nil && (last.State == record.PullFailed || last.State == record.PullStopped):
			last.State, last.Attempts, last.NotBefore, last.Trouble = record.PullRunning, 0, d.now(), ""
			return tx.ChangePull(ctx, last)
		}
		return tx.AddPull(ctx, &record.Pull{ID: record.PullID(record.NewOrderedID()), System: id, Account: actor.Account, State: record.PullRunning, NotBefore: d.now(), CreatedAt: d.now()})
	}))
}

// StopPull stops a fetching; what came is kept for going on.
func (d *Desk) StopPull(ctx context.Context, actor record.Actor, id record.ClassroomSystemID) error {
	const op = "classroom.StopPull"
	return record.Wrap(op, d.pullAct(ctx, actor, id, "classroom.pull_stopped", func(tx *store.Tx, _ *record.ClassroomSystem, last *record.Pull) error {
		if last == nil || last.State != record.PullRunning {
			return record.Errorf(record.Conflict, op, "nothing is being fetched")
		}
		last.State = record.PullStopped
		return tx.ChangePull(ctx, last)
	}))
}

// DropPull forgets a fetching that stopped: the next one begins at the beginning.
func (d *Desk) DropPull(ctx context.Context, actor record.Actor, id record.ClassroomSystemID) error {
	const op = "classroom.DropPull"
	return record.Wrap(op, d.pullAct(ctx, actor, id, "classroom.pull_dropped", func(tx *store.Tx, _ *record.ClassroomSystem, last *record.Pull) error {
		if last == nil || last.State == record.PullRunning || last.State == record.PullDone {
			return record.Errorf(record.Conflict, op, "there is nothing to forget; stop the fetching first")
		}
		last.State = record.PullDone
		return errors.Join(tx.ChangePull(ctx, last), tx.DropPullPages(ctx, last.ID))
	}))
}

func (d *Desk) pullAct(ctx context.Context, actor record.Actor, id record.ClassroomSystemID, action string, act func(*store.Tx, *record.ClassroomSystem, *record.Pull) error) error {
	return d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := system(ctx, tx, actor, id, record.ClassroomOneRoster)
		if err != nil {
			return err
		}
		if err := actor.Require("classroom.pullAct", s.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		pulls, err := tx.Pulls(ctx, id, 1)
		if err != nil {
			return err
		}
		var last *record.Pull
		if len(pulls) == 1 {
			last = pulls[0]
		}
		if err := act(tx, s, last); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, s.Institution, action, "classroom/"+string(id), nil)
	})
}

// PullDue fetches the next pages of whatever is being fetched. It may run on any number of nodes at once.
func (d *Desk) PullDue(ctx context.Context) error {
	const op = "classroom.PullDue"
	var due []*record.Pull
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.PullsDue(ctx, d.now(), pullsAtOnce)
		return err
	}); err != nil {
		return record.Wrap(op, err)
	}
	var troubles []error
	for _, p := range due {
		if err := d.pull(ctx, p); err != nil && record.KindOf(err) != record.Conflict { // another node, or a person, was faster
			troubles = append(troubles, err)
		}
	}
	return record.Wrap(op, errors.Join(troubles...))
}

// pull claims a fetching, reads some pages, and stages what came when it is all.
func (d *Desk) pull(ctx context.Context, p *record.Pull) error {
	var s *record.ClassroomSystem
	if err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.ClassroomSystem(ctx, p.System); err != nil {
			return err
		}
		p.NotBefore = d.now().Add(pullLease)
		return tx.ChangePull(ctx, p)
	}); err != nil {
		return err
	}
	err := d.pullPages(ctx, s, p)
	if err == nil && p.Collection == len(roster.OneRosterCollections) {
		return d.stage(ctx, s, p)
	}
	if err == nil {
		p.NotBefore, p.Attempts, p.Trouble = d.now(), 0, ""
	} else if record.KindOf(err) == record.Conflict || ctx.Err() != nil {
		return err // stopped, or the program ends: the lease runs out
	} else {
		p.Attempts++
		p.Trouble, p.NotBefore = words(err.Error()), d.now().Add(time.Duration(p.Attempts)*retryAfter)
		if p.Attempts >= maxAttempts {
			p.State = record.PullFailed
		}
		d.log().WarnContext(ctx, "a roster could not be fetched", "pull", p.ID, "attempt", p.Attempts, "error", err)
	}
	return d.DB.Update(ctx, func(tx *store.Tx) error { return tx.ChangePull(ctx, p) })
}

func (d *Desk) pullPages(ctx context.Context, s *record.ClassroomSystem, p *record.Pull) error {
	secret, err := d.Keys.OpenSecret(s.Sealed)
	if err != nil {
		return err
	}
	token, err := d.token(ctx, s.Settings.TokenURL, url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Join(oneRosterScopes, " ")}}, url.UserPassword(s.ClientID, string(secret)))
	if err != nil {
		return fmt.Errorf("no token: %w", err)
	}
	for range pagesAtOnce {
		if p.Collection == len(roster.OneRosterCollections) {
			return nil
		}
		if err := d.pullPage(ctx, s, p, token); err != nil {
			return err
		}
	}
	return nil
}

// pullPage asks for one page and keeps it, with how far the fetching is, in one transaction.
func (d *Desk) pullPage(ctx context.Context, s *record.ClassroomSystem, p *record.Pull, token string) error {
	c := &roster.OneRosterCollections[p.Collection]
	base := s.Issuer
	if c.Gradebook && s.Settings.Gradebook != "" {
		base = s.Settings.Gradebook
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/"+c.Name+"?"+url.Values{"limit": {strconv.Itoa(pageRows)}, "offset": {strconv.Itoa(p.Offset)}}.Encode(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	v, h, err := d.send(req, maxPage)
	var answer *statusError
	if c.Optional && errors.As(err, &answer) && answer.code == http.StatusNotFound {
		to := *p
		to.Collection, to.Offset = p.Collection+1, 0
		return d.keepPage(ctx, p, to, nil)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	rows := roster.OneRosterRows(p.Collection, v)
	next, err := nextPage(req.URL, h.Values("Link"))
	if err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	total, _ := strconv.Atoi(h.Get("X-Total-Count")) // one that is no number says nothing
	page := &store.PullPage{Collection: p.Collection, Body: v.Raw()}
	said := h.Get("X-Total-Count") != "" || len(h.Values("Link")) > 0
	to := *p
	to.Offset, to.Rows = p.Offset+rows, p.Rows+rows
	if rows == 0 || said && next == "" && total <= to.Offset { // a provider that says neither is asked until nothing comes
		to.Collection, to.Offset = p.Collection+1, 0
	}
	return d.keepPage(ctx, p, to, page)
}

// keepPage writes a page and how far the fetching is then; p says so only when it is written.
func (d *Desk) keepPage(ctx context.Context, p *record.Pull, to record.Pull, page *store.PullPage) error {
	var kept record.Pull
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		kept = to
		kept.NotBefore = d.now().Add(pullLease)
		if page != nil {
			if err := tx.AddPullPage(ctx, kept.ID, kept.Pages, *page); err != nil {
				return err
			}
			kept.Pages++
		}
		return tx.ChangePull(ctx, &kept)
	})
	if err == nil {
		*p = kept
	}
	return err
}

// stage makes an import of what came. It waits for a person like an upload.
func (d *Desk) stage(ctx context.Context, s *record.ClassroomSystem, p *record.Pull) error {
	var pages []store.PullPage
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		pages, err = tx.PullPages(ctx, p.ID)
		return err
	}); err != nil {
		return err
	}
	batch, err := d.stagePages(ctx, s, p, pages)
	switch record.KindOf(err) {
	case "":
		p.State, p.Batch, p.Trouble = record.PullDone, batch, ""
	case record.Invalid, record.TooLarge, record.Conflict:
		p.State, p.Trouble = record.PullFailed, words(record.MessageOf(err))
	default:
		return err
	}
	return d.DB.Update(ctx, func(tx *store.Tx) error {
		if p.State == record.PullDone {
			if err := tx.DropPullPages(ctx, p.ID); err != nil {
				return err
			}
		}
		return tx.ChangePull(ctx, p)
	})
}

func (d *Desk) stagePages(ctx context.Context, s *record.ClassroomSystem, p *record.Pull, pages []store.PullPage) (record.BatchID, error) {
	if len(pages) != p.Pages {
		return "", record.Errorf(record.Conflict, "classroom.stage", "a page was deleted because it named somebody whose record was erased; forget this fetching and begin again")
	}
	in := make([]roster.OneRosterPage, len(pages))
	for n, page := range pages {
		in[n] = roster.OneRosterPage(page)
	}
	files, err := roster.OneRosterFiles(in)
	if err != nil {
		return "", err
	}
	source := s.Settings.Source
	if source == "" {
		source = s.Name
	}
	v, err := d.Registrar.StageImport(ctx, record.System(s.Institution), registrar.ImportRequest{Format: "oneroster", Source: source, Files: files})
	if err != nil {
		return "", err
	}
	return v.Batch, nil
}
