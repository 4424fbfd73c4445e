package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"

	gomail "github.com/wneessen/go-mail"
)

// SMTP delivers through a mail server, over TLS.
type SMTP struct {
	host    string
	options []gomail.Option
	from    string
}

var _ Sender = (*SMTP)(nil)

// Options say which mail server to use.
type Options struct {
	URL      string // smtps://user@host:465 (TLS from the start), smtp://user@host:587 (STARTTLS, demanded)
	Password string
	From     string // address of the sender, such as records@example.edu
	TLS      *tls.Config
}

// NewSMTP reads the options; nothing is dialled yet. A connection is never without TLS, except to this machine itself.
func NewSMTP(o *Options) (*SMTP, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fmt.Errorf("mail: the mail server is named smtp://user@host:587 or smtps://user@host:465")
	}
	if _, set := u.User.Password(); set {
		return nil, fmt.Errorf("mail: the password does not belong into the address of the mail server; put it into a file")
	}
	from, err := Address(o.From)
	if err != nil {
		return nil, fmt.Errorf("the sender of mails: %w", err)
	}
	s := &SMTP{host: u.Hostname(), from: from}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		s.options = append(s.options, gomail.WithSSL())
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("mail: %q is not a port", u.Port())
		}
	}
	policy := gomail.TLSMandatory
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		policy = gomail.TLSOpportunistic
	}
	s.options = append(s.options, gomail.WithPort(port), gomail.WithTLSPolicy(policy), gomail.WithTimeout(sendWithin))
	if o.TLS != nil {
		s.options = append(s.options, gomail.WithTLSConfig(o.TLS))
	}
	if user := u.User.Username(); user != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(o.Password))
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return s, nil
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, m *Message) error {
	msg, err := compose(m, s.from)
	if err != nil {
		return err
	}
	c, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, sendWithin)
	defer stop()
	err = c.DialAndSendWithContext(ctx, msg)
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 && !refused.IsTemp() {
		return &permanent{fmt.Errorf("mail: the mail server refused it: %w", err)}
	}
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// compose makes the mail of the field's library.
func compose(m *Message, from string) (*gomail.Msg, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(from); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, &permanent{fmt.Errorf("mail: %w", err)}
	}
	_, domain, _ := cutLast(from)
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notices in return
	if m.Off != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Off+">")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

// cutLast parts an address at its last "@": what stands before it may hold another, in quotes.
func cutLast(address string) (local, domain string, ok bool) {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == '@' {
			return address[:i], address[i+1:], true
		}
	}
	return address, "", false
}
