package classroom

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

const (
	maxPage  = 16 << 20 // one page of members, results or rows
	maxPages = 1_000    // of one list
	tokenAge = 5 * time.Minute
)

// get asks for JSON with a token, and returns it with the address of the next page (RFC 8288, rel="next"), which must be at
// the same origin: the token goes nowhere else.
func (d *Desk) get(ctx context.Context, address, accept, token string, limit int64) (ijson.Value, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ijson.Value{}, "", err
	}
	req.Header.Set("Accept", accept)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	v, h, err := d.send(req, limit)
	if err != nil {
		return v, "", err
	}
	next, err := nextPage(req.URL, h.Values("Link"))
	return v, next, err
}

// statusError is an answer that is not 200.
type statusError struct {
	host, status string
	code         int
}

func (e *statusError) Error() string { return e.host + " answers " + e.status }

// send sends a request and reads the JSON of its answer.
func (d *Desk) send(req *http.Request, limit int64) (ijson.Value, http.Header, error) {
	resp, err := d.Client.Do(req)
	if err != nil {
		return ijson.Value{}, nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return ijson.Value{}, nil, &statusError{host: req.URL.Host, status: resp.Status, code: resp.StatusCode}
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return ijson.Value{}, nil, err
	}
	if int64(len(b)) > limit {
		return ijson.Value{}, nil, fmt.Errorf("%s answers with more than %d bytes", req.URL.Host, limit)
	}
	doc, err := ijson.Parse(b, &ijson.Options{MaxBytes: int(limit)})
	if err != nil {
		return ijson.Value{}, nil, fmt.Errorf("%s does not answer with JSON: %w", req.URL.Host, err)
	}
	return doc.Root(), resp.Header, nil
}

// nextPage finds rel="next" in Link headers.
func nextPage(at *url.URL, links []string) (string, error) {
	for _, line := range links {
		for part := range strings.SplitSeq(line, ",") {
			target, params, _ := strings.Cut(part, ";")
			target = strings.TrimSpace(target)
			if !strings.HasPrefix(target, "<") || !strings.HasSuffix(target, ">") || !strings.Contains(strings.ToLower(strings.ReplaceAll(params, `"`, "")), "rel=next") {
				continue
			}
			next, err := at.Parse(target[1 : len(target)-1])
			if err != nil || next.Scheme != at.Scheme || next.Host != at.Host {
				return "", errors.New("the next page is at another server, which gets no token of ours")
			}
			return next.String(), nil
		}
	}
	return "", nil
}

// pages calls each with every page of a list.
func (d *Desk) pages(ctx context.Context, address, accept, token string, each func(ijson.Value) error) error {
	for n := 0; address != ""; n++ {
		if n == maxPages {
			return fmt.Errorf("the list has more than %d pages", maxPages)
		}
		v, next, err := d.get(ctx, address, accept, token, maxPage)
		if err != nil {
			return err
		}
		if err := each(v); err != nil {
			return err
		}
		address = next
	}
	return nil
}

// token asks for an access token.
func (d *Desk) token(ctx context.Context, address string, form url.Values, basic *url.Userinfo) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if basic != nil {
		secret, _ := basic.Password()
		req.SetBasicAuth(url.QueryEscape(basic.Username()), url.QueryEscape(secret)) // RFC 6749, 2.3.1
	}
	v, _, err := d.send(req, maxToken)
	if err != nil {
		return "", err
	}
	token := v.Get("access_token").Text()
	if token == "" || !strings.EqualFold(v.Get("token_type").Text(), "bearer") {
		return "", errors.New("the answer to the request for a token has no bearer token")
	}
	return token, nil
}

// platformToken asks a platform for a token (1EdTech Security Framework 1.0, 4.1: client credentials with a signed
// assertion).
func (d *Desk) platformToken(ctx context.Context, client, address, audience string, scopes ...string) (string, error) {
	if audience == "" {
		audience = address
	}
	now := d.now()
	assertion, err := d.sign(ctx, map[string]any{"iss": client, "sub": client, "aud": audience, "iat": now.Unix(), "exp": now.Add(tokenAge).Unix(), "jti": rand.Text()})
	if err != nil {
		return "", err
	}
	return d.token(ctx, address, url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Join(scopes, " ")}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}, nil)
}
