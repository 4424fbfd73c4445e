package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracing sends spans of requests and jobs to an OpenTelemetry collector (OTLP over HTTP). It is off, and costs nothing,
// unless the setting traces names one.
//
// A span says the method, the route's pattern, the status and the request's id, as the log does. It never says an address:
// share tokens and record ids are in addresses. That is why the instrumentation of the OpenTelemetry project for net/http,
// which writes the path into every span, is not used.
type tracing struct {
	tracer trace.Tracer
	stop   func(context.Context) error // sends what waits
}

// tracesWithin bounds how long a span may take to be sent, and how long the end of the program waits for the last.
const tracesWithin = 10 * time.Second

func newTracing(ctx context.Context, c *Config) (*tracing, error) {
	if c.Traces == "" {
		return &tracing{tracer: noop.NewTracerProvider().Tracer(""), stop: func(context.Context) error { return nil }}, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(tracesURL(c.Traces)), otlptracehttp.WithTimeout(tracesWithin))
	if err != nil {
		return nil, fmt.Errorf("traces cannot be sent to %s: %w", c.Traces, err)
	}
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "laurel"), attribute.String("service.version", version))))
	return &tracing{tracer: provider.Tracer("github.com/openlaurel/laurel"), stop: provider.Shutdown}, nil
}

// tracesURL completes a collector's address (OpenTelemetry Protocol Exporter, "Endpoint URLs for OTLP/HTTP").
func tracesURL(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err == nil && (u.Path == "" || u.Path == "/") {
		u.Path = "/v1/traces"
		return u.String()
	}
	return endpoint
}

// request begins the span of a request. A caller's own trace is linked and not continued: this is a public address, and a
// stranger neither names our traces nor decides which are kept.
func (t *tracing) request(r *http.Request) (context.Context, trace.Span) {
	opts := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot()}
	if caller := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))); caller.IsValid() {
		opts = append(opts, trace.WithLinks(trace.Link{SpanContext: caller}))
	}
	return t.tracer.Start(r.Context(), r.Method, opts...)
}

// answered ends the span of a request.
func answered(span trace.Span, r *http.Request, route, id string, status int) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	span.SetName(route)
	span.SetAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status), attribute.String("laurel.request", id))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}

// job does a job within a span of its own. The error is in the log: it may name what a trace must not.
func (s *Server) job(ctx context.Context, kind string, do func(context.Context) error) error {
	ctx, span := s.tracing.tracer.Start(ctx, "job "+kind, trace.WithNewRoot())
	defer span.End()
	err := do(ctx)
	outcome := "done"
	if err != nil {
		outcome = "again"
		span.SetStatus(codes.Error, "")
	}
	s.metrics.jobs.WithLabelValues(kind, outcome).Inc()
	return err
}
