package server

import (
	"context"

	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// deliveryArgs name one mailing of a delivery.
type deliveryArgs struct {
	ID      record.DeliveryID `json:"id"`
	Mailing int               `json:"mailing"`
}

// deliveryWork sends the mail of a delivery.
const deliveryWork jobs.Kind[deliveryArgs] = "delivery"

// deliveryAttempts is beyond the tries that the desk makes before it writes down that it gives up, so that the desk and
// not the queue has the last word.
const deliveryAttempts = 12

// deliveries lets the registrar's desk mail, by the queue.
func (s *Server) deliveries() {
	s.Registrar.Mail, s.Registrar.Letters = s.Mail, s.Letters
	jobs.Handle(s.Queue, deliveryWork, jobs.Policy{Attempts: deliveryAttempts}, func(ctx context.Context, a deliveryArgs) error {
		return s.Registrar.SendDelivery(ctx, a.ID, a.Mailing)
	})
	s.Registrar.Post = func(ctx context.Context, tx *store.Tx, id record.DeliveryID, mailing int) error {
		return deliveryWork.Enqueue(ctx, s.Queue, tx, deliveryArgs{id, mailing}, nil)
	}
}
