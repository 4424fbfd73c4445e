package learner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	pullPage = "?limit=50"
	maxPages = 500 // of one pull: a host that always names another page is left
)

// Errors of a host that the work tells apart.
var (
	errHostEnded   = errors.New("the other host no longer allows it")
	errHostRefused = errors.New("the other host refused")
)

// WorkHost brings or sends what a connection waits for, one page or credential at a time: after each, its progress is kept,
// so that whoever goes on after a crash goes on there. It bears being run twice: the same credential twice is one.
func (d *Desk) WorkHost(ctx context.Context, job HostJob) error {
	var h *record.Host
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		h, err = tx.Host(ctx, job.Host)
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return nil // forgotten meanwhile
	}
	if err != nil {
		return err
	}
	switch h.State {
	case record.HostPulling:
		err = d.pull(ctx, h)
	case record.HostPushing:
		err = d.push(ctx, h)
	default:
		return nil // done meanwhile
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errHostEnded):
		return errors.Join(d.settle(ctx, h, record.HostEnded, ""), jobs.GiveUp(err))
	case errors.Is(err, errHostRefused):
		return errors.Join(d.settle(ctx, h, record.HostFailed, err.Error()), jobs.GiveUp(err))
	}
	return err // the queue tries again
}

// settle ends the work, in a state that the learner sees.
func (d *Desk) settle(ctx context.Context, h *record.Host, state record.HostState, trouble string) error {
	h.State, h.Trouble, h.UpdatedAt = state, trouble, d.now()
	return d.DB.Update(ctx, func(tx *store.Tx) error {
		again := *h
		return tx.ChangeHost(ctx, &again)
	})
}

// progress keeps how far the work is.
func (d *Desk) progress(ctx context.Context, h *record.Host) error {
	h.UpdatedAt = d.now()
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		again := *h
		return tx.ChangeHost(ctx, &again)
	})
	if err == nil {
		h.Version++
	}
	return err
}

// pull reads page after page.
func (d *Desk) pull(ctx context.Context, h *record.Host) error {
	actor, err := d.holder(ctx, h)
	if err != nil {
		return err
	}
	if h.Next == "" {
		h.Next = h.Endpoints.API + "/credentials" + pullPage
	}
	for seen := map[string]bool{}; h.Next != ""; {
		if seen[h.Next] || len(seen) >= maxPages || !sameOrigin(h.Next, h.Endpoints.API) {
			return fmt.Errorf("%w: its pages lead in a circle or elsewhere", errHostRefused)
		}
		seen[h.Next] = true
		status, header, body, err := d.ask(ctx, h, http.MethodGet, h.Next, "", nil)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return answered(status)
		}
		files, err := filesOf(body)
		if err != nil {
			return fmt.Errorf("%w: %w", errHostRefused, err)
		}
		for len(files) > 0 {
			n := min(len(files), maxBringing)
			brought, err := d.Bring(ctx, actor, files[:n], "pull "+h.Address)
			if err != nil {
				return err
			}
			for _, b := range brought {
				if b.Refused == "" {
					h.Done++
				}
			}
			files = files[n:]
		}
		h.Next = nextPage(header, h.Next)
		if err := d.progress(ctx, h); err != nil {
			return err
		}
	}
	return d.settle(ctx, h, record.HostPulled, "")
}

// holder is the learner whose connection it is, as their account is now.
func (d *Desk) holder(ctx context.Context, h *record.Host) (record.Actor, error) {
	var a *record.Account
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.Account(ctx, h.Account)
		return err
	})
	if err != nil {
		return record.Actor{}, err
	}
	if a.Disabled || a.Learner != h.Learner {
		return record.Actor{}, errHostEnded
	}
	return a.Actor(), nil
}

// filesOf takes the credentials out of a page, byte for byte (CLR 2.0 API, GetClrCredentialsResponse). The standard's sample
// misspells a member; both spellings are read.
func filesOf(body []byte) ([]File, error) {
	doc, err := ijson.Parse(body, nil)
	if err != nil || doc.Root().Kind() != ijson.Object {
		return nil, errors.New("its answer is no list of credentials")
	}
	var files []File
	for e := range doc.Root().Get("credential").Elements() {
		files = append(files, File{Type: "application/vc+ld+json", Data: bytes.Clone(e.Raw())})
	}
	for _, name := range []string{"compactJwsString", "compactJwsStrings"} {
		for e := range doc.Root().Get(name).Elements() {
			files = append(files, File{Type: "application/jwt", Data: []byte(e.Text())})
		}
	}
	return files, nil
}

// nextPage is the address of the next page, empty when there is none (RFC 8288).
func nextPage(h http.Header, from string) string {
	for _, line := range h.Values("Link") {
		for link := range strings.SplitSeq(line, ",") {
			target, params, ok := strings.Cut(strings.TrimSpace(link), ">")
			if !ok || !strings.HasPrefix(target, "<") || !strings.Contains(strings.ReplaceAll(params, `"`, ""), "rel=next") {
				continue
			}
			base, err1 := url.Parse(from)
			next, err2 := url.Parse(target[1:])
			if err1 == nil && err2 == nil {
				return base.ResolveReference(next).String()
			}
		}
	}
	return ""
}

// push sends the learner's record as it is in force now, byte for byte.
func (d *Desk) push(ctx context.Context, h *record.Host) error {
	if _, err := d.holder(ctx, h); err != nil {
		return err
	}
	var c *record.Credential
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, h.Learner)
		if err != nil {
			return err
		}
		if err := released(ctx, tx, "learner.push", l.ID); err != nil {
			return fmt.Errorf("%w: %w", errHostRefused, err)
		}
		c, err = tx.CurrentCredential(ctx, l.RecordID)
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return fmt.Errorf("%w: there is no record here to send", errHostRefused)
	}
	if err != nil {
		return err
	}
	h.Total = 1
	kind := "application/json"
	if !bytes.HasPrefix(bytes.TrimSpace(c.Bytes), []byte("{")) {
		kind = "text/plain"
	}
	status, _, _, err := d.ask(ctx, h, http.MethodPost, h.Endpoints.API+"/credentials", kind, c.Bytes)
	if err != nil {
		return err
	}
	switch status {
	case http.StatusOK, http.StatusCreated, http.StatusNotModified:
		h.Done, h.Delivered = 1, record.Sum(c.Bytes)
		return d.settle(ctx, h, record.HostPushed, "")
	}
	return answered(status)
}

// answered turns a status into an error: what will be the same tomorrow is refused, the rest is tried again.
func answered(status int) error {
	switch {
	case status == http.StatusUnauthorized:
		return errHostEnded
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return fmt.Errorf("the other host answers %d", status)
	default:
		return fmt.Errorf("%w with status %d", errHostRefused, status)
	}
}

// ask makes one request with the connection's token, renewed when it is about to expire; a new token is kept before it is
// used, because the one before it is worth nothing then.
func (d *Desk) ask(ctx context.Context, h *record.Host, method, address, contentType string, body []byte) (int, http.Header, []byte, error) {
	s, err := d.open(h.Sealed)
	if err != nil {
		return 0, nil, nil, err
	}
	tok, err := d.config(h, s.ClientSecret).TokenSource(d.outgoing(ctx), s.Token).Token()
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError {
		return 0, nil, nil, errHostEnded
	}
	if err != nil && s.Token.RefreshToken == "" {
		return 0, nil, nil, errHostEnded
	}
	if err != nil {
		return 0, nil, nil, err
	}
	if tok.AccessToken != s.Token.AccessToken {
		s.Token = tok
		if h.Sealed, err = d.seal(s); err != nil {
			return 0, nil, nil, err
		}
		if err := d.progress(ctx, h); err != nil {
			return 0, nil, nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("%w: %w", errHostRefused, err)
	}
	req.Header.Set("Authorization", "Bearer "+tok.AccessToken)
	req.Header.Set("Accept", "application/json, application/ld+json")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := d.Outside.Client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, b, err
}
