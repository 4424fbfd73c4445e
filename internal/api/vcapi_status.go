package api

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/statuslist"
	"github.com/openlaurel/laurel/vcjose"
	"github.com/openlaurel/laurel/verify"
)

// This file is what the demonstration's VC-API has besides cryptosuites: an issuer of tokens and one whose credentials
// carry a status, with the lists that say it. The lists are in memory and gone with the program, as its keys are.

const (
	// defaultIssuer seals every byte: with the suites over RDF the direction of a text, which the data model allows, would
	// not be covered, and what is not covered is not signed.
	defaultIssuer = "eddsa-jcs-2022"
	tokenIssuer   = "jwt"
	statusIssuer  = "bitstring"
	suspendIssuer = "bitstring-suspension"
)

// entryPurpose is what the status entry of an issuer's credentials is for.
var entryPurpose = map[string]string{statusIssuer: statuslist.PurposeRevocation, suspendIssuer: statuslist.PurposeSuspension}

// statusBoard keeps one list for each purpose.
type statusBoard struct {
	mu     sync.Mutex
	next   uint64
	places map[string]uint64 // by credential id
	bits   map[string][]byte // by purpose
}

// boardPurposes are the purposes of the lists.
var boardPurposes = []string{statuslist.PurposeRevocation, statuslist.PurposeSuspension}

func newStatusBoard() *statusBoard {
	b := &statusBoard{places: map[string]uint64{}, bits: map[string][]byte{}}
	for _, p := range boardPurposes {
		b.bits[p] = statuslist.NewBits(statuslist.MinEntries, 1)
	}
	return b
}

// take reserves the next place, under a credential's id when it has one.
func (b *statusBoard) take(id string) (uint64, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next >= statuslist.MinEntries {
		return 0, false
	}
	place := b.next
	b.next++
	if id != "" {
		b.places[id] = place
	}
	return place, true
}

func (v *vcAPI) listURL(purpose string) string { return v.base + "/vc-api/status-lists/" + purpose }

// withStatus gives a credential a status entry, unless it brings its own.
func (v *vcAPI) withStatus(credential ijson.Value, raw []byte, purpose string) ([]byte, error) {
	if credential.Has("credentialStatus") {
		return raw, nil
	}
	place, ok := v.board.take(credential.Get("id").Text())
	if !ok {
		return nil, record.Errorf(record.Unavailable, "api.vcapi", "the status list is full; restart the demonstration")
	}
	entry, err := ijson.Marshal(&statuslist.Entry{Kind: statuslist.Bitstring, ID: v.listURL(purpose) + "#" + strconv.FormatUint(place, 10),
		Purpose: purpose, Index: place, Size: 1, ListURL: v.listURL(purpose)})
	if err != nil {
		return nil, record.Wrap("api.vcapi", err)
	}
	out := append([]byte(nil), raw[:len(raw)-1]...)
	if credential.Len() > 0 {
		out = append(out, ',')
	}
	return append(append(append(out, `"credentialStatus":`...), entry...), '}'), nil
}

// statusList answers with a list, signed as it stands.
func (v *vcAPI) statusList(c *call) error {
	b, err := v.signedList(c.r.Context(), c.r.PathValue("purpose"))
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, "application/vc", raw(b))
}

// publishList answers those who ask that a change be published: every list is signed as it stands when it is read, so that
// nothing is left to do.
func (v *vcAPI) publishList(c *call) error {
	if _, err := v.signedList(c.r.Context(), c.r.PathValue("purpose")); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (v *vcAPI) signedList(ctx context.Context, purpose string) ([]byte, error) {
	v.board.mu.Lock()
	bits := append([]byte(nil), v.board.bits[purpose]...)
	v.board.mu.Unlock()
	if len(bits) == 0 {
		return nil, record.Errorf(record.NotFound, "api.vcapi", "there is no list of this purpose; there are revocation and suspension")
	}
	now := time.Now().UTC().Truncate(time.Second)
	unsigned, err := statuslist.Build(&statuslist.Draft{ID: v.listURL(purpose), Issuer: v.dids[statusIssuer], Purposes: []string{purpose}, Bits: bits, ValidFrom: now})
	if err != nil {
		return nil, record.Wrap("api.vcapi", err)
	}
	b, _, err := issue.Secure(ctx, unsigned, v.issuers[statusIssuer], &issue.Options{Created: now})
	if err != nil {
		return nil, record.Wrap("api.vcapi", err)
	}
	return singleProof(b)
}

// setStatus sets the status of a credential that the issuer of this file made.
func (v *vcAPI) setStatus(c *call) error {
	root, entry, err := c.request("credentialStatus")
	if err != nil {
		return err
	}
	id, purpose := root.Get("credentialId").Text(), entry.Get("statusPurpose").Text()
	if purpose == "" {
		purpose = statuslist.PurposeRevocation
	}
	value := uint64(1)
	if status := root.Get("status"); status.IsValid() {
		if status.Kind() != ijson.Bool {
			return record.Errorf(record.Invalid, "api.vcapi", "/status must be true or false")
		}
		if !status.Bool() {
			value = 0
		}
	}
	if entry.Get("type").Text() != string(statuslist.Bitstring) || id == "" {
		return record.Errorf(record.Invalid, "api.vcapi", "name the credential in /credentialId, and BitstringStatusListEntry in /credentialStatus/type")
	}
	v.board.mu.Lock()
	defer v.board.mu.Unlock()
	place, known := v.board.places[id]
	bits := v.board.bits[purpose]
	switch {
	case !known:
		return record.Errorf(record.NotFound, "api.vcapi", "no credential with this id was given a status here")
	case bits == nil:
		return record.Errorf(record.Invalid, "api.vcapi", "/credentialStatus/statusPurpose is revocation or suspension")
	}
	if err := statuslist.SetBit(bits, place, 1, value); err != nil {
		return record.Wrap("api.vcapi", err)
	}
	return c.answer(http.StatusOK, "application/json", map[string]any{"credentialId": id, "statusPurpose": purpose, "status": value == 1})
}

// Fetch answers for the lists of this file, and for nothing else.
func (v *vcAPI) Fetch(ctx context.Context, address, accept string) (*fetch.Response, error) {
	purpose, ours := strings.CutPrefix(address, v.base+"/vc-api/status-lists/")
	if !ours {
		return fetch.Never.Fetch(ctx, address, accept)
	}
	b, err := v.signedList(ctx, purpose)
	if err != nil {
		return fetch.Never.Fetch(ctx, address, accept)
	}
	return &fetch.Response{URL: address, Body: b, ContentType: "application/vc", FetchedAt: time.Now().UTC()}, nil
}

var _ fetch.Fetcher = (*vcAPI)(nil)

// addIssuer makes a key for an issuer of the table.
func (v *vcAPI) addIssuer(name, alg, suite string) error {
	signer, err := key.Generate(alg)
	if err != nil {
		return err
	}
	id := did.Key(signer.Public())
	v.dids[name] = id
	v.issuers[name] = issue.Key{Signer: crypto.Signer(signer), VerificationMethod: id + "#" + strings.TrimPrefix(id, "did:key:"), Suite: suite}
	return nil
}

// issueToken envelopes a credential in the form of VC-JOSE-COSE (typ vc+jwt, no claims besides the credential).
func (v *vcAPI) issueToken(c *call, credential []byte, k issue.Key) error {
	if refused := failing(issue.Lint(c.r.Context(), credential, &issue.Options{Suite: k.Suite})); refused != nil {
		return c.refusedIssue(&issue.Refusal{Findings: refused})
	}
	token, err := vcjose.Sign(credential, k.Signer, &vcjose.SignOptions{KeyID: k.VerificationMethod, Form: vcjose.JOSE})
	if err != nil {
		return record.Errorf(record.Invalid, "api.vcapi", "the credential cannot be signed: %v", err)
	}
	return c.answer(http.StatusCreated, "application/json", map[string]any{"verifiableCredential": map[string]any{
		"@context": "https://www.w3.org/ns/credentials/v2", "id": "data:application/vc+jwt," + string(token), "type": "EnvelopedVerifiableCredential"}})
}

func failing(all []verify.Finding) []verify.Finding {
	var out []verify.Finding
	for _, f := range all {
		if f.Outcome == verify.Fails {
			out = append(out, f)
		}
	}
	return out
}

// unsigned is a credential as it will be signed: without a proof that somebody put there, which must have the form of one
// all the same. It answers the request itself, and returns nothing, when a status entry or such a proof is malformed.
func (c *call) unsigned(credential ijson.Value) ([]byte, error) {
	var refused []verify.Finding
	for n, entry := range credential.Get("credentialStatus").Each() {
		if entry.Get("type").Text() != string(statuslist.Bitstring) {
			continue
		}
		_, err := statuslist.ParseEntry(entry)
		if err == nil && !entry.Get("statusListIndex").IsString() {
			err = errors.New("statusListIndex must be a decimal number in a string") // as issuers write it; readers take a number, too
		}
		if err != nil {
			refused = append(refused, verify.Finding{Check: "schema", Outcome: verify.Fails, Code: "status.malformed", Pointer: "/credentialStatus/" + strconv.Itoa(n),
				Message: strings.TrimPrefix(err.Error(), "statuslist: "), Owner: "issuer", Repair: "Write the entry as Bitstring Status List 1.0, section 2.1, describes it."})
		}
	}
	out := credential.Raw()
	if credential.Has("proof") {
		refused = append(refused, failing(issue.Lint(c.r.Context(), out, nil))...)
		out = []byte{'{'}
		for name, v := range credential.Members() {
			if name == "proof" {
				continue
			}
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(append(ijson.AppendQuoted(out, name), ':'), v.Raw()...)
		}
		out = append(out, '}')
	}
	if refused != nil {
		return nil, c.refusedIssue(&issue.Refusal{Findings: refused})
	}
	return out, nil
}

// refusedIssue says why a credential is not issued.
func (c *call) refusedIssue(r *issue.Refusal) error {
	return c.answer(http.StatusBadRequest, "application/json", map[string]any{"errors": r.Findings, "message": r.Error(), "problemDetails": problemDetails(r.Findings)})
}

// detail is a problem in the words of the VC Data Model 2.0 (7.6) and its companions.
type detail struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// problemTypes name what a check that failed is called; anything else is a malformed value.
var problemTypes = map[string]string{
	"format": "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
	"proof":  "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
	"status": "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR",
}

func problemDetails(fs []verify.Finding) []detail {
	out := []detail{}
	for _, f := range fs {
		if f.Outcome != verify.Fails {
			continue
		}
		d := detail{problemTypes[f.Check], f.Code, strings.TrimSpace(f.Pointer + " " + f.Message)}
		if d.Type == "" {
			d.Type = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
		}
		out = append(out, d)
	}
	return out
}
