package server

import (
	"context"

	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/store"
)

// noticeWork sends a mail about a learner's record.
const noticeWork jobs.Kind[learner.Notice] = "learner_notice"

// notices lets the learner's desk mail: at once what carries a link of its own, and by the queue what tells that something
// happened, so that a mail server that is away loses nothing.
func (s *Server) notices() {
	s.Learner.Mail, s.Learner.Letters = s.Mail, s.Letters
	jobs.Handle(s.Queue, noticeWork, jobs.Policy{}, func(ctx context.Context, n learner.Notice) error {
		err := s.Learner.SendNotice(ctx, n)
		if mail.Permanent(err) {
			return jobs.GiveUp(err)
		}
		return err
	})
	s.Learner.Notify = func(ctx context.Context, n learner.Notice) error {
		return s.DB.Update(ctx, func(tx *store.Tx) error {
			return noticeWork.Enqueue(ctx, s.Queue, tx, n, &jobs.Enqueued{Key: n.ID})
		})
	}
}
