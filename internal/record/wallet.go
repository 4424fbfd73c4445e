package record

import "time"

// Identifiers of what passes between the house and wallets.
type (
	WalletOfferID string
	WalletAskID   string
)

// WalletOffer is a learner's decision to put credentials into a wallet of theirs (OpenID4VCI 1.0, credential offer). The
// secrets that it takes are kept as hashes.
type WalletOffer struct {
	ID          WalletOfferID
	Institution InstitutionID
	Learner     LearnerID
	OfferHash   string // of the token in the offer's address
	CodeHash    string // of the pre-authorized code that was handed out last
	CodeExpires time.Time
	TxHash      string // of the transaction code together with the offer's id
	Tries       int    // wrong transaction codes, counted before they are judged
	TokenHash   string // of the access token; empty before and after
	Items       []string
	Bind        bool // sign copies for the wallet's key
	CreatedAt   time.Time
	ExpiresAt   time.Time
	CollectedAt time.Time // the code was redeemed
	EndedAt     time.Time
	Outcome     string // what the wallet said: credential_accepted, credential_failure, credential_deleted
}

// State says where an offer stands, in a word that pages can tell apart.
func (o *WalletOffer) State(now time.Time) string {
	switch {
	case o.Outcome == "credential_accepted":
		return "added"
	case o.Outcome != "":
		return "failed"
	case !o.EndedAt.IsZero():
		return "ended"
	case !o.CollectedAt.IsZero():
		return "collected"
	case !now.Before(o.ExpiresAt):
		return "expired"
	default:
		return "open"
	}
}

// WalletDelivery is one answer to a wallet: credentials that were handed over, or a promise to.
type WalletDelivery struct {
	Offer        WalletOfferID
	Notification string // hash of the id by which the wallet tells what became of it
	Transaction  string // hash of the id by which a wallet asks again for what was not ready; empty otherwise
	Config       string
	Item         string   // path id
	Holders      []string // of a promise alone: the keys to sign copies for
	CreatedAt    time.Time
	DeliveredAt  time.Time // zero: promised
}

// WalletCopy says that a copy of a credential was signed for a wallet's key. Whose key it was is not kept.
type WalletCopy struct {
	ID          string // of the copy: urn:uuid:…
	Institution InstitutionID
	Learner     LearnerID
	Credential  CredentialID // the version that was copied; the copy shares its status
	Suite       string
	SHA256      string
	CreatedAt   time.Time
}

// WalletAsk is a request to show a credential (OpenID4VP 1.0), with its answer while that is kept.
type WalletAsk struct {
	ID          WalletAskID // in the addresses that the wallet uses
	SecretHash  string      // of the token in the address of the page that waits
	Name        string      // who asks, in their own words
	Purpose     string      // what for, in their own words
	Kind        string      // record, award
	Achievement string      // IRI, of an award; empty: any
	Bind        bool        // only what is bound to the wallet's key will do
	Nonce       string
	CreatedAt   time.Time
	ExpiresAt   time.Time // until then the wallet may answer
	AnsweredAt  time.Time
	Refusal     string // why there is no answer: declined, or a code of what was wrong with it
	Binding     string // none, signed, bound
	Holder      string
	Answer      [][]byte // the credentials as they came
}

// WalletAnswerKept is how long the answer to a request can be looked at after the request ran out.
const WalletAnswerKept = 24 * time.Hour
