package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// observed wraps a response writer to learn its status and size.
type observed struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) Write(b []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	n, err := o.ResponseWriter.Write(b)
	o.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// RequestIDHeader carries the id under which a request's log lines and audit events stand.
const RequestIDHeader = "X-Request-Id"

// metrics are the program's own numbers; they name routes, never addresses with tokens or people in them.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec

	turnedAway *prometheus.CounterVec
	jobs       *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "laurel_http_requests_total", Help: "Requests by route and status."}, []string{"route", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "laurel_http_request_seconds", Help: "Time to answer by route.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)}, []string{"route"}),
	}
	m.turnedAway = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "laurel_http_turned_away_total", Help: "Requests answered with 503 because too many waited, by queue."}, []string{"queue"})
	m.jobs = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "laurel_jobs_total", Help: "Attempts of jobs by kind and outcome: done, or again (failed, to be tried again)."}, []string{"kind", "outcome"})
	m.registry.MustRegister(m.requests, m.seconds, m.turnedAway, m.jobs, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// watch adds to the metrics what is read when they are asked for: how many requests wait for their turn.
func (m *metrics) watch(b *busy) {
	for name, g := range map[string]*gate{"heavy": b.heavy, "light": b.light} {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "laurel_http_waiting", Help: "Requests that wait for their turn, by queue.", ConstLabels: prometheus.Labels{"queue": name}},
			func() float64 { g.mu.Lock(); defer g.mu.Unlock(); return float64(len(g.waiting)) }))
	}
}

// routeKey is where an inner door leaves the pattern of its route for the log, when what is between copies the request.
type routeKey struct{}

// named leaves the pattern that a door found for whoever observes the request.
func named(door http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if to, ok := r.Context().Value(routeKey{}).(*string); ok && r.Pattern != "" {
				*to = r.Pattern
			}
		}()
		door.ServeHTTP(w, r)
	})
}

// observe gives every request an id, answers a panic with 500, and writes one log line, the metrics and a span. It names the
// route's pattern, not the address: share tokens and record ids are in addresses.
func observe(log *slog.Logger, m *metrics, t *tracing, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := rand.Text()[:16]
		r.Header.Set(RequestIDHeader, id) // whatever the client sent: ids are ours
		w.Header().Set(RequestIDHeader, id)
		o := &observed{ResponseWriter: w}
		inner := ""
		ctx, span := t.request(r)
		r = r.WithContext(context.WithValue(ctx, routeKey{}, &inner))
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				log.Error("panic", "request", id, "route", cmp.Or(inner, r.Pattern), "panic", p, "stack", string(debug.Stack()))
				if o.status == 0 {
					http.Error(o, "Something went wrong on our side. Try again; tell the operator the number "+id+" if it stays.", http.StatusInternalServerError)
				}
			}
			route := cmp.Or(inner, r.Pattern, "(none)")
			took := time.Since(start)
			m.requests.WithLabelValues(route, strconv.Itoa(o.status)).Inc()
			m.seconds.WithLabelValues(route).Observe(took.Seconds())
			answered(span, r, route, id, o.status)
			log.Info("request", "request", id, "method", r.Method, "route", route, "status", o.status, "bytes", o.bytes, "took", took)
		}()
		next.ServeHTTP(o, r)
	})
}
