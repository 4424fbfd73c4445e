package api

import (
	"net/http"
	"strings"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

// This file is the credential issuer of OpenID for Verifiable Credential Issuance 1.0, with the pre-authorized code
// grant. Its authorization server is one of its own (…/oid4vci): the codes are a learner's, and nobody registers.

const (
	preAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
	proofType     = "openid4vci-proof+jwt"
	maxProof      = 16 << 10 // bytes; with an 8192-bit key in its header it has 5,000
	deferredEvery = 5        // seconds between questions about what is not ready
)

var proofAlgorithms = []string{"EdDSA", "ES256", "ES384"}

// issuerMetadata answers /.well-known/openid-credential-issuer (OpenID4VCI, 12.2).
func (d *walletDoor) issuerMetadata(c *walletCall) error {
	houses, err := d.Institutions(c.r.Context())
	if err != nil {
		return err
	}
	display := []any{}
	for _, i := range houses {
		show := map[string]any{"name": i.Name, "locale": orEnglish(i.Profile.Language)}
		if i.Profile.LogoURL != "" {
			show["logo"] = map[string]any{"uri": i.Profile.LogoURL, "alt_text": i.Name}
		}
		display = append(display, show)
	}
	configurations := map[string]any{}
	for _, f := range learner.WalletFormats {
		configurations[f.Name] = configuration(f)
	}
	c.w.Header().Set("Cache-Control", "public, max-age=300")
	at := d.BaseURL + "/oid4vci"
	return c.json(http.StatusOK, map[string]any{
		"credential_issuer": d.BaseURL, "authorization_servers": []string{at},
		"credential_endpoint": at + "/credential", "nonce_endpoint": at + "/nonce",
		"deferred_credential_endpoint": at + "/deferred", "notification_endpoint": at + "/notification",
		"batch_credential_issuance":           map[string]any{"batch_size": learner.MaxWalletKeys},
		"display":                             display,
		"credential_configurations_supported": configurations,
	})
}

func orEnglish(lang string) string {
	if lang == "" {
		return "en"
	}
	return lang
}

// configuration describes one form of a credential (OpenID4VCI, 12.2.4 and appendix A.1).
func configuration(f learner.WalletFormat) map[string]any {
	types := []string{"VerifiableCredential", f.Kind}
	contexts := []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}
	name, claims := "Achievement (Open Badges 3.0)", [][]string{{"credentialSubject", "achievement", "name"}, {"credentialSubject", "achievement", "description"}, {"credentialSubject", "result"}}
	if f.Kind == "ClrCredential" {
		contexts = append([]string{contexts[0], "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"}, contexts[1])
		name, claims = "Learner record (Comprehensive Learner Record 2.0)", [][]string{{"credentialSubject", "verifiableCredential"}}
	}
	if f.Bound {
		name += ", bound to this wallet"
	}
	described := []any{}
	for _, path := range claims {
		described = append(described, map[string]any{"path": path})
	}
	out := map[string]any{
		"format": "ldp_vc", "credential_definition": map[string]any{"@context": contexts, "type": types},
		"credential_signing_alg_values_supported": []string{"eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023"},
		"credential_metadata":                     map[string]any{"display": []any{map[string]any{"name": name, "locale": "en"}}, "claims": described},
	}
	if f.Token {
		out["format"], out["credential_definition"] = "jwt_vc_json", map[string]any{"type": types}
		out["credential_signing_alg_values_supported"] = jose.DefaultAlgorithms
	}
	if f.Bound {
		out["cryptographic_binding_methods_supported"] = []string{"did:key", "did:jwk", "jwk"}
		out["proof_types_supported"] = map[string]any{"jwt": map[string]any{"proof_signing_alg_values_supported": proofAlgorithms}}
	}
	return out
}

// serverMetadata answers for the authorization server (RFC 8414; OpenID4VCI, 12.3).
func (d *walletDoor) serverMetadata(c *walletCall) error {
	c.w.Header().Set("Cache-Control", "public, max-age=300")
	return c.json(http.StatusOK, map[string]any{
		"issuer": d.BaseURL + "/oid4vci", "token_endpoint": d.BaseURL + "/oid4vci/token",
		"grant_types_supported": []string{preAuthorized}, "response_types_supported": []string{},
		"token_endpoint_auth_methods_supported": []string{"none"}, "pre-authorized_grant_anonymous_access_supported": true,
	})
}

// offer answers a credential_offer_uri (OpenID4VCI, 4.1.3). Each answer has a fresh code.
func (d *walletDoor) offer(c *walletCall) error {
	o, err := d.Learner.OpenWalletOffer(c.r.Context(), c.actor(), c.r.PathValue("token"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]any{
		"credential_issuer": d.BaseURL, "credential_configuration_ids": o.Formats,
		"grants": map[string]any{preAuthorized: map[string]any{"pre-authorized_code": o.Code,
			"tx_code": map[string]any{"input_mode": "numeric", "length": 6, "description": "The six digits that are shown beside the offer."}}},
	})
}

// token redeems a code (OpenID4VCI, 6).
func (d *walletDoor) token(c *walletCall) error {
	f, err := c.form()
	if err != nil {
		return err
	}
	switch {
	case f.Get("grant_type") == "":
		return badRequest("invalid_request", "grant_type is missing")
	case f.Get("grant_type") != preAuthorized:
		return badRequest("unsupported_grant_type", "the only grant here is "+preAuthorized)
	case f.Get("pre-authorized_code") == "":
		return badRequest("invalid_request", "pre-authorized_code is missing")
	}
	t, err := d.Learner.RedeemWalletCode(c.r.Context(), c.actor(), f.Get("pre-authorized_code"), f.Get("tx_code"))
	if err != nil {
		return err
	}
	details := []any{}
	for _, format := range learner.WalletFormats {
		if ids := t.Identifiers[format.Name]; ids != nil {
			details = append(details, map[string]any{"type": "openid_credential", "credential_configuration_id": format.Name, "credential_identifiers": ids})
		}
	}
	return c.json(http.StatusOK, map[string]any{"access_token": t.Token, "token_type": "Bearer", "expires_in": int(t.Life.Seconds()), "authorization_details": details})
}

// nonce gives a nonce for a proof (OpenID4VCI, 7).
func (d *walletDoor) nonce(c *walletCall) error {
	return c.json(http.StatusOK, map[string]string{"c_nonce": d.newNonce()})
}

// credential hands a credential over (OpenID4VCI, 8).
func (d *walletDoor) credential(c *walletCall) error {
	token, err := c.bearer()
	if err != nil {
		return err
	}
	const bad = "invalid_credential_request"
	root, err := c.object(bad)
	if err != nil {
		return err
	}
	pick := learner.WalletPick{Identifier: root.Get("credential_identifier").Text(), Format: root.Get("credential_configuration_id").Text()}
	switch {
	case (pick.Identifier == "") == (pick.Format == ""):
		return badRequest(bad, "name the credential by credential_identifier or by credential_configuration_id, and by one of them alone")
	case root.Has("credential_response_encryption"):
		return badRequest("invalid_encryption_parameters", "this issuer does not encrypt its answers beyond TLS")
	case root.Has("proof"):
		return badRequest("invalid_proof", "proofs come in the member proofs, as a list for each type")
	}
	if pick.Holders, err = d.proofs(c, root.Get("proofs")); err != nil {
		return err
	}
	out, err := d.Learner.WalletCredential(c.r.Context(), c.actor(), token, pick)
	if err != nil {
		return err
	}
	return c.delivered(out)
}

func (c *walletCall) delivered(out *learner.WalletDelivered) error {
	if out.Transaction != "" {
		return c.json(http.StatusAccepted, map[string]any{"transaction_id": out.Transaction, "interval": deferredEvery})
	}
	// By hand, so that a credential stands in the answer byte for byte as it was signed.
	body := []byte(`{"credentials":[`)
	for n, b := range out.Credentials {
		if n > 0 {
			body = append(body, ',')
		}
		body = append(body, `{"credential":`...)
		if out.Token {
			body = ijson.AppendQuoted(body, string(b))
		} else {
			body = append(body, b...)
		}
		body = append(body, '}')
	}
	body = append(ijson.AppendQuoted(append(body, `],"notification_id":`...), out.Notification), '}')
	c.w.Header().Set("Content-Type", "application/json")
	if _, err := c.w.Write(body); err != nil {
		c.Log.Debug("credential not sent", "error", err)
	}
	return nil
}

// deferred answers for what was promised (OpenID4VCI, 9).
func (d *walletDoor) deferred(c *walletCall) error {
	token, err := c.bearer()
	if err != nil {
		return err
	}
	root, err := c.object("invalid_credential_request")
	if err != nil {
		return err
	}
	out, err := d.Learner.WalletDeferred(c.r.Context(), c.actor(), token, root.Get("transaction_id").Text())
	if err != nil {
		return err
	}
	return c.delivered(out)
}

// notification keeps what became of a credential (OpenID4VCI, 11).
func (d *walletDoor) notification(c *walletCall) error {
	token, err := c.bearer()
	if err != nil {
		return err
	}
	root, err := c.object("invalid_notification_request")
	if err != nil {
		return err
	}
	if err := d.Learner.WalletNotify(c.r.Context(), c.actor(), token, root.Get("notification_id").Text(), root.Get("event").Text()); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// proofs checks what a request says of the wallet's keys and returns their DIDs (OpenID4VCI, 8.2 and appendix F). Each
// nonce is good for one request.
func (d *walletDoor) proofs(c *walletCall, v ijson.Value) ([]string, error) {
	if !v.IsValid() {
		return nil, nil
	}
	list := v.Get("jwt")
	if v.Kind() != ijson.Object || v.Len() != 1 || list.Kind() != ijson.Array || list.Len() == 0 || list.Len() > learner.MaxWalletKeys {
		return nil, badRequest("invalid_proof", `proofs holds one member, "jwt", with one to five proofs`)
	}
	var holders []string
	seen, nonces := map[string]bool{}, map[string]bool{}
	for p := range list.Elements() {
		holder, nonce, err := d.proof(c, p.Text())
		if err != nil {
			return nil, err
		}
		if seen[holder] {
			return nil, badRequest("invalid_proof", "each proof must be of another key")
		}
		seen[holder], nonces[nonce] = true, true
		holders = append(holders, holder)
	}
	for nonce := range nonces {
		until, _ := d.readNonce(nonce)
		first, err := d.Learner.UseWalletNonce(c.r.Context(), nonce, until)
		if err != nil {
			return nil, err
		}
		if !first {
			return nil, badRequest("invalid_nonce", "the nonce was used already; ask the nonce endpoint for another")
		}
	}
	return holders, nil
}

// proof checks one proof of a key.
func (d *walletDoor) proof(c *walletCall, token string) (holder, nonce string, err error) {
	refuse := func(words string) (string, string, error) { return "", "", badRequest("invalid_proof", words) }
	if len(token) > maxProof {
		return refuse("the proof is too large")
	}
	jws, err := jose.Parse([]byte(token))
	if err != nil {
		return refuse("the proof is no signed token: " + strings.TrimPrefix(err.Error(), "jose: "))
	}
	if jws.Type != proofType {
		return refuse("the proof's typ must be " + proofType)
	}
	pub, holder, words := d.proofKey(c, jws)
	if words != "" {
		return refuse(words)
	}
	if err := jose.Verify(jws, pub.Key, &jose.Policy{Algorithms: proofAlgorithms, KeyAlgorithm: pub.Algorithm}); err != nil {
		return refuse("the proof's signature is not accepted: " + strings.TrimPrefix(err.Error(), "jose: "))
	}
	payload, err := ijson.Parse(jws.Payload, nil)
	if err != nil || payload.Root().Kind() != ijson.Object {
		return refuse("the proof's payload is no JSON object")
	}
	claims := payload.Root()
	if aud := claims.Get("aud"); aud.Text() != d.BaseURL && !(aud.Len() == 1 && aud.Index(0).Text() == d.BaseURL) {
		return refuse("the proof's aud must be the credential issuer, " + d.BaseURL)
	}
	now := d.now()
	iat, ok := claims.Get("iat").Int()
	if !ok || now.Unix()-iat > int64(proofSkew.Seconds()) || iat-now.Unix() > int64(proofSkew.Seconds()) {
		return refuse("the proof's iat must be the time at which it was made, within five minutes of now")
	}
	if exp, ok := claims.Get("exp").Int(); ok && now.Unix() >= exp {
		return refuse("the proof has run out")
	}
	nonce = claims.Get("nonce").Text()
	if _, good := d.readNonce(nonce); !good {
		return "", "", badRequest("invalid_nonce", "the proof's nonce is not one of this issuer, or it has run out; ask the nonce endpoint for another")
	}
	return holder, nonce, nil
}

// proofKey finds the key that a proof names: in its header, or by a DID that carries its key in itself.
func (d *walletDoor) proofKey(c *walletCall, jws *jose.JWS) (pub jose.PublicKey, holder, words string) {
	jwk := jws.Header.Get("jwk")
	switch {
	case jws.Header.Has("x5c") || jws.Header.Has("trust_chain"):
		return pub, "", "the proof's key must be named by kid or jwk"
	case jwk.IsValid() == (jws.KeyID != ""):
		return pub, "", "the proof's header must hold kid or jwk, and one of them alone"
	case jwk.IsValid():
		k, err := key.ParseJWK(jwk)
		if err != nil {
			return pub, "", "the proof's jwk is not accepted: " + strings.TrimPrefix(err.Error(), "key: ")
		}
		return jose.PublicKey{Key: k, Algorithm: key.JWKAlgorithm(jwk)}, did.JWK(k), ""
	}
	owner, _, _ := strings.Cut(jws.KeyID, "#")
	if !strings.HasPrefix(owner, "did:key:") && !strings.HasPrefix(owner, "did:jwk:") {
		return pub, "", "the proof's kid must be of a did:key or a did:jwk"
	}
	resolver := &did.Resolver{}
	m, doc, err := resolver.Dereference(c.r.Context(), jws.KeyID)
	if err == nil {
		err = resolver.Bind(c.r.Context(), did.Claim{Issuer: owner, Purpose: did.Authentication, Method: m, Document: doc, Key: m.Key})
	}
	if err != nil {
		return pub, "", "the proof's kid leads to no key: " + clipped(strings.TrimPrefix(err.Error(), "did: "))
	}
	return jose.PublicKey{Key: m.Key, Algorithm: m.Algorithm}, owner, ""
}
