package web

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"

	"github.com/openlaurel/laurel/internal/record"
)

// An interaction URL is one address for many wallets (VC-API, "Interaction URL Format"): who asks for JSON is told the same
// offer or request in each protocol that it can be taken by, and a browser shows a page with the wallet's link, so that the
// camera of any telephone leads on.

// interactionVersion marks an interaction URL in a QR code: wallets look for it before they ask.
const interactionVersion = "?iuv=1"

// Interaction leads a person whose camera read an interaction URL to a wallet.
type Interaction struct {
	Shell
	Link  template.URL // of a wallet: openid-credential-offer: or openid4vp:
	Offer bool         // the record is offered, not asked for
}

func offerInteraction(c *call) error {
	if err := c.deps.Learner.WalletOfferWaits(c.ctx, c.actor, c.r.PathValue("token")); err != nil {
		return err
	}
	return c.interaction("OID4VCI", offerLink(c.deps.PublicURL, c.r.PathValue("token")), true)
}

func requestInteraction(c *call) error {
	a, err := c.deps.Employer.OpenAsk(c.ctx, c.actor, record.WalletAskID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.interaction("OID4VP", requestLink(c.deps.WalletClient, c.deps.PublicURL, a.ID), false)
}

func (c *call) interaction(protocol, link string, offer bool) error {
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	if !wantsHTML(c.r) {
		h.Set("Content-Type", "application/json")
		h.Set("Access-Control-Allow-Origin", "*") // wallets that run in a browser; nothing here depends on who asks
		return json.NewEncoder(c.w).Encode(map[string]any{"protocols": map[string]string{protocol: link}})
	}
	p := &Interaction{Link: template.URL(link), Offer: offer}
	p.Title, p.NoIndex = c.t("interaction.title"), true
	return c.show(http.StatusOK, p)
}

// offerLink is the link by which a wallet on the same device takes an offer (OpenID4VCI 1.0, 4.1).
func offerLink(base, token string) string {
	return "openid-credential-offer://?" + url.Values{"credential_offer_uri": {base + "/oid4vci/offers/" + url.PathEscape(token)}}.Encode()
}

// requestLink is the link by which a wallet on the same device opens a request (OpenID4VP 1.0, 5).
func requestLink(client, base string, id record.WalletAskID) string {
	return "openid4vp://?" + url.Values{"client_id": {client}, "request_uri": {base + "/oid4vp/requests/" + url.PathEscape(string(id))}, "request_uri_method": {"post"}}.Encode()
}
