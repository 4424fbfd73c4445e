package learner

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
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

// Outside is what the desk needs to work with other hosts. Without it, it works with none.
type Outside struct {
	// Client makes the requests, behind the fence of the fetch room: addresses of hosts come from learners, and addresses
	// of endpoints and pages from those hosts.
	Client *http.Client
	Seal   func([]byte) ([]byte, error)
	Open   func([]byte) ([]byte, error)
	Queue  *jobs.Queue
	// PublicURL is our own address, without a trailing slash.
	PublicURL string
}

const (
	hostAPI  = "/ims/clr/v2p0"
	hostBack = "/my/hosts/back"
	hostRead = "https://purl.imsglobal.org/spec/clr/v2p0/scope/credential.readonly"
	hostSend = "https://purl.imsglobal.org/spec/clr/v2p0/scope/credential.upsert"

	maxHosts      = 50      // connections of one learner
	maxAnswer     = 1 << 20 // of discovery and registration
	softwareID    = "org.openlaurel.laurel"
	softwareMajor = "1"
)

// HostWork is the kind of job that brings and sends.
const HostWork jobs.Kind[HostJob] = "host_work"

// HostJob is what such a job carries.
type HostJob struct {
	Host record.HostID `json:"host"`
}

// hostSecrets are what is sealed of a connection.
type hostSecrets struct {
	ClientSecret string        `json:"clientSecret"`
	Verifier     string        `json:"verifier,omitempty"`
	Token        *oauth2.Token `json:"token,omitempty"`
}

func (d *Desk) seal(s *hostSecrets) ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return d.Outside.Seal(b)
}

func (d *Desk) open(sealed []byte) (*hostSecrets, error) {
	b, err := d.Outside.Open(sealed)
	if err != nil {
		return nil, err
	}
	s := &hostSecrets{}
	return s, json.Unmarshal(b, s)
}

// Hosts lists the actor's connections, newest first.
func (d *Desk) Hosts(ctx context.Context, actor record.Actor) (hosts []*record.Host, err error) {
	const op = "learner.Hosts"
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		hosts, err = tx.HostsOfLearner(ctx, l.ID)
		return err
	})
	return hosts, record.Wrap(op, err)
}

// Connect begins a connection with the host at an address: it reads what the host offers, registers there when it has not
// yet, and returns the address to which the learner's browser goes to be asked.
func (d *Desk) Connect(ctx context.Context, actor record.Actor, address string) (string, error) {
	const op = "learner.Connect"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return "", err
	}
	if d.Outside == nil {
		return "", record.Errorf(record.Unavailable, op, "this server works with no other hosts")
	}
	mine, err := d.Hosts(ctx, actor)
	if err != nil {
		return "", err
	}
	if len(mine) >= maxHosts {
		return "", record.Errorf(record.TooLarge, op, "at most %d hosts can be connected; forget one that you do not need", maxHosts)
	}
	name, ends, err := d.discover(ctx, op, address)
	if err != nil {
		return "", err
	}
	c, secret, err := d.registration(ctx, op, ends.Register)
	if err != nil {
		return "", err
	}
	state, verifier := rand.Text()+rand.Text(), oauth2.GenerateVerifier()
	sealed, err := d.seal(&hostSecrets{ClientSecret: secret, Verifier: verifier})
	if err != nil {
		return "", record.Wrap(op, err)
	}
	now := d.now()
	h := &record.Host{ID: record.HostID(record.NewID()), Institution: actor.Institution, Account: actor.Account, Learner: actor.Learner, Address: address, Name: name,
		Endpoints: *ends, Client: c, Sealed: sealed, StateHash: record.Sum([]byte(state)), State: record.HostWaiting, CreatedAt: now, UpdatedAt: now}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		return tx.AddHost(ctx, h)
	})
	if err != nil {
		return "", record.Wrap(op, err)
	}
	return d.config(h, secret).AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), nil
}

func (d *Desk) config(h *record.Host, secret string) *oauth2.Config {
	return &oauth2.Config{ClientID: h.Client, ClientSecret: secret, RedirectURL: d.Outside.PublicURL + hostBack, Scopes: []string{hostRead, hostSend},
		Endpoint: oauth2.Endpoint{AuthURL: h.Endpoints.Authorize, TokenURL: h.Endpoints.Token, AuthStyle: oauth2.AuthStyleInHeader}}
}

// unreachable is an error that the learner can read, with the cause for the log.
func unreachable(op, text string, err error) error {
	return &record.Error{Kind: record.Invalid, Op: op, Message: text, Err: err}
}

// discover reads the service description at an address (CLR 2.0 API, getServiceDescription).
func (d *Desk) discover(ctx context.Context, op, address string) (string, *record.HostEndpoints, error) {
	base := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(address, "/"), hostAPI+"/discovery"), "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", nil, record.Errorf(record.Invalid, op, "the address of a host is like https://records.example.edu")
	}
	body, err := d.call(ctx, http.MethodGet, base+hostAPI+"/discovery", nil, http.StatusOK)
	if err != nil {
		return "", nil, unreachable(op, "there is no host with the CLR 2.0 interface at this address; ask the other institution for the address", err)
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return "", nil, unreachable(op, "the other host's description cannot be read; tell those who run it", err)
	}
	root := doc.Root()
	scheme := root.At("/components/securitySchemes/OAuth2ACG")
	flow := scheme.At("/flows/authorizationCode")
	e := &record.HostEndpoints{API: base + hostAPI}
	for _, f := range []struct {
		dst *string
		v   ijson.Value
	}{{&e.Register, scheme.Get("x-imssf-registrationUrl")}, {&e.Authorize, flow.Get("authorizationUrl")}, {&e.Token, flow.Get("tokenUrl")}} {
		*f.dst = f.v.Text()
		if !strings.Contains(*f.dst, "://") {
			*f.dst = "https://" + *f.dst // the standard's own samples leave the scheme out
		}
		if u, err := url.Parse(*f.dst); err != nil || u.Host == "" || u.Scheme != "https" && !strings.HasPrefix(base, "http://") {
			return "", nil, record.Errorf(record.Invalid, op, "the other host's description lacks the addresses for sign-in; tell those who run it")
		}
	}
	if api := root.At("/servers/0/url").Text(); sameOrigin(api, base) {
		e.API = strings.TrimRight(api, "/")
	}
	name := root.At("/info/title").Text()
	if name == "" || len(name) > maxHostName {
		name = u.Host
	}
	return name, e, nil
}

const maxHostName = 200

func sameOrigin(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && x.Scheme == y.Scheme && x.Host == y.Host && x.Host != ""
}

// registration is our registration at an authorization server, made when there is none yet (RFC 7591).
func (d *Desk) registration(ctx context.Context, op, register string) (client, secret string, err error) {
	var have *record.HostClient
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		have, err = tx.HostClient(ctx, register)
		return err
	})
	if err == nil {
		b, err := d.Outside.Open(have.Sealed)
		return have.Client, string(b), record.Wrap(op, err)
	}
	if record.KindOf(err) != record.NotFound {
		return "", "", record.Wrap(op, err)
	}
	us := d.Outside.PublicURL
	meta, err := ijson.Marshal(map[string]any{"client_name": "Laurel at " + strings.TrimPrefix(strings.TrimPrefix(us, "https://"), "http://"), "client_uri": us + "/", "logo_uri": us + "/static/laurel.svg",
		"tos_uri": us + "/about", "policy_uri": us + "/about", "software_id": softwareID, "software_version": softwareMajor, "redirect_uris": []string{us + hostBack},
		"scope": hostRead + " " + hostSend + " offline_access", "token_endpoint_auth_method": "client_secret_basic", "grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"}})
	if err != nil {
		return "", "", record.Wrap(op, err)
	}
	body, err := d.call(ctx, http.MethodPost, register, meta, http.StatusCreated)
	if err != nil {
		return "", "", unreachable(op, "the other host does not let this server register; ask those who run it", err)
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return "", "", unreachable(op, "the other host's answer to the registration cannot be read", err)
	}
	client, secret = doc.Root().Get("client_id").Text(), doc.Root().Get("client_secret").Text()
	if client == "" || secret == "" {
		return "", "", record.Errorf(record.Invalid, op, "the other host's answer to the registration lacks client_id or client_secret")
	}
	sealed, err := d.Outside.Seal([]byte(secret))
	if err != nil {
		return "", "", record.Wrap(op, err)
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.PutHostClient(ctx, &record.HostClient{Register: register, Client: client, Sealed: sealed, CreatedAt: d.now()})
	})
	return client, secret, record.Wrap(op, err)
}

// call makes one request without a token and reads its answer.
func (d *Desk) call(ctx context.Context, method, address string, body []byte, want int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := d.Outside.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(b) > maxAnswer {
		err = errors.New("the answer is too large")
	}
	if err == nil && resp.StatusCode != want {
		err = fmt.Errorf("the answer is %d, not %d", resp.StatusCode, want)
	}
	return b, err
}

// HostAnswer is what the browser brings back from the other host.
type HostAnswer struct{ State, Code, Issuer, Error string }

// Connected ends the attempt that a state names: the code becomes tokens, and the learner's records begin to come.
func (d *Desk) Connected(ctx context.Context, actor record.Actor, a HostAnswer) error {
	const op = "learner.Connected"
	unknown := record.Errorf(record.Invalid, op, "this is no answer to a question that you asked here; connect again")
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return err
	}
	if d.Outside == nil || a.State == "" {
		return unknown
	}
	var h *record.Host
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		h, err = tx.HostByState(ctx, record.Sum([]byte(a.State)))
		return err
	})
	if record.KindOf(err) == record.NotFound || err == nil && (h.Account != actor.Account || h.State != record.HostWaiting) {
		return unknown
	}
	if err != nil {
		return record.Wrap(op, err)
	}
	// An answer that names another server than the one that was asked is a mix-up (RFC 9207).
	if a.Issuer != "" && !sameOrigin(a.Issuer, h.Endpoints.Authorize) {
		return unknown
	}
	if a.Error != "" || a.Code == "" {
		err := d.DB.Update(ctx, func(tx *store.Tx) error { return tx.DeleteHost(ctx, h.ID) })
		return errors.Join(record.Wrap(op, err), record.Errorf(record.Invalid, op, "the other host says that it was not allowed; connect again if you change your mind"))
	}
	s, err := d.open(h.Sealed)
	if err != nil {
		return record.Wrap(op, err)
	}
	tok, err := d.config(h, s.ClientSecret).Exchange(d.outgoing(ctx), a.Code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return unreachable(op, "the other host did not hand out what it promised; connect again", err)
	}
	if h.Sealed, err = d.seal(&hostSecrets{ClientSecret: s.ClientSecret, Token: tok}); err != nil {
		return record.Wrap(op, err)
	}
	h.StateHash = ""
	return d.begin(ctx, op, actor, h, record.HostPulling, "host.connected")
}

// outgoing is a context with which the OAuth library stays behind the fence.
func (d *Desk) outgoing(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, d.Outside.Client)
}

// begin writes that work begins and queues it, in one transaction.
func (d *Desk) begin(ctx context.Context, op string, actor record.Actor, h *record.Host, state record.HostState, action string) error {
	h.State, h.Trouble, h.Next, h.Done, h.Total, h.UpdatedAt = state, "", "", 0, 0, d.now()
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		again := *h
		if err := tx.ChangeHost(ctx, &again); err != nil {
			return err
		}
		if err := d.private(ctx, tx, actor, action, "host/"+string(h.ID)); err != nil {
			return err
		}
		// Without a key: the job before this one may not be off the queue yet when its end is already seen.
		return HostWork.Enqueue(ctx, d.Outside.Queue, tx, HostJob{h.ID}, nil)
	})
	return record.Wrap(op, err)
}

// Pull begins to bring the actor's records from a host.
func (d *Desk) Pull(ctx context.Context, actor record.Actor, id record.HostID) error {
	return d.start(ctx, "learner.Pull", actor, id, record.HostPulling, "host.pull")
}

// Push begins to send the actor's record to a host.
func (d *Desk) Push(ctx context.Context, actor record.Actor, id record.HostID) error {
	return d.start(ctx, "learner.Push", actor, id, record.HostPushing, "host.push")
}

func (d *Desk) start(ctx context.Context, op string, actor record.Actor, id record.HostID, state record.HostState, action string) error {
	h, err := d.mine(ctx, op, actor, id)
	if err != nil {
		return err
	}
	if !h.State.Connected() || h.Busy(d.now()) || d.Outside == nil {
		return record.Errorf(record.Conflict, op, "this host is at work already, or must be connected again")
	}
	return d.begin(ctx, op, actor, h, state, action)
}

// mine reads one of the actor's connections.
func (d *Desk) mine(ctx context.Context, op string, actor record.Actor, id record.HostID) (h *record.Host, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if h, err = tx.Host(ctx, id); err == nil && h.Learner != l.ID {
			return record.Errorf(record.NotFound, op, "there is no such host")
		}
		return err
	})
	return h, record.Wrap(op, err)
}

// ForgetHost deletes a connection. What was brought stays.
func (d *Desk) ForgetHost(ctx context.Context, actor record.Actor, id record.HostID) error {
	const op = "learner.ForgetHost"
	h, err := d.mine(ctx, op, actor, id)
	if err != nil {
		return err
	}
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteHost(ctx, h.ID); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "host.forgotten", "host/"+string(h.ID))
	}))
}
