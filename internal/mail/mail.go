// Package mail sends mail (RFC 5322) to one person at a time: over SMTP with TLS, or into a folder as files where no
// mail server is set.
//
// The rules are:
//
//   - Nothing private is in a mail: it names what happened and where to look, and the page behind the link asks who is
//     there. No result, no grade, no key of a share, never a password.
//   - A mail is plain text that reads well, with the same words as HTML beside it; nothing in it is loaded from anywhere.
//   - Every sentence comes from the message files, in the language of the person who gets it.
//   - A mail has an id. Sending it again after a crash gives the same Message-ID, so that a second copy can be told.
package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
)

// Sender hands a mail to whoever delivers it. An error that is [Permanent] will be the same next time.
type Sender interface {
	Send(ctx context.Context, m *Message) error
}

// Message is one mail, ready to go.
type Message struct {
	ID      string // the same for every attempt to send this mail
	To      string // one address
	Subject string
	Text    string
	HTML    string // the same words; may be empty
	// Off is the https address at which mail of this kind is turned off (RFC 8058 lets mail programs press it for their
	// reader); empty for mail that somebody asked for, such as a sign-in link.
	Off string
}

// maxAddress is the longest address that SMTP carries (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// Address reads what somebody typed as one mail address, without a name beside it.
func Address(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > maxAddress || strings.ContainsAny(s, "\r\n\x00 ") {
		return "", fmt.Errorf("mail: %q is not a mail address, such as name@example.org", typed)
	}
	return s, nil
}

// Permanent reports whether sending failed for good: the address does not exist, or the mail was refused.
func Permanent(err error) bool {
	var p *permanent
	return errors.As(err, &p)
}

type permanent struct{ err error }

func (p *permanent) Error() string { return p.err.Error() }
func (p *permanent) Unwrap() error { return p.err }

// check refuses a mail that cannot go anywhere, before anything is tried.
func (m *Message) check() error {
	if _, err := Address(m.To); err != nil {
		return &permanent{err}
	}
	if m.ID == "" || m.Subject == "" || m.Text == "" || strings.ContainsAny(m.ID+m.Subject+m.Off, "\r\n") {
		return &permanent{fmt.Errorf("mail: a mail needs an id, a subject of one line and a text")}
	}
	return nil
}

// sendWithin bounds one delivery, dialling included: a mail server that does not answer in this time is tried again later.
const sendWithin = 60 * time.Second
