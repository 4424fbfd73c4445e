package server

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// accounts opens the desk of accounts. A demonstration at a loopback address may ask a sign-in service on this machine, so
// that one can be tried beside it.
func (c *Config) accounts(db *store.DB, keys *keyring.Keyring) *account.Desk {
	loopback := c.Demo && c.BaseURL()[:5] == "http:"
	return &account.Desk{DB: db, PublicURL: c.BaseURL(), Secrets: keys, Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: loopback}).Client()}
}

// linkAsked is a sign-in link that somebody asked for. Whether the address has an account is looked up by the work and not
// by the page, so that the page answers all alike.
type linkAsked struct {
	Email string `json:"email"`
}

const linkWork jobs.Kind[linkAsked] = "sign_in_link"

const (
	// linkEvery is how often one address gets a link: whoever asks for somebody else fills no mail box.
	linkEvery  = 2 * time.Minute
	maxAddress = 254 // RFC 5321, 4.5.3.1.3
)

// mailLinks lets people who have no password at hand come in by a mailed link.
func (s *Server) mailLinks() {
	jobs.Handle(s.Queue, linkWork, jobs.Policy{}, func(ctx context.Context, asked linkAsked) error {
		links, err := s.Accounts.LinksFor(ctx, asked.Email)
		for _, l := range links {
			m, err2 := s.Letters.Write(&mail.Letter{ID: record.Sum([]byte(l.Link.Token))[:32], Name: "mail.sign-in", To: l.Email, House: l.House, Link: s.Config.BaseURL() + "/sign-in/" + l.Link.Token})
			if err2 == nil {
				err2 = s.Mail.Send(ctx, m)
			}
			err = errors.Join(err, err2)
		}
		if mail.Permanent(err) {
			return jobs.GiveUp(err)
		}
		return err
	})
}

// sendLink queues a link for an address.
func (s *Server) sendLink(ctx context.Context, email string) error {
	if email = strings.TrimSpace(email); email == "" || len(email) > maxAddress {
		return nil
	}
	key := "link-" + record.Sum([]byte(strings.ToLower(email)))[:32] + "-" + strconv.FormatInt(time.Now().Unix()/int64(linkEvery.Seconds()), 10)
	return s.DB.Update(ctx, func(tx *store.Tx) error {
		return linkWork.Enqueue(ctx, s.Queue, tx, linkAsked{Email: email}, &jobs.Enqueued{Key: key})
	})
}
