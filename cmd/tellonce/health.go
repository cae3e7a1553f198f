package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// health serves /healthz (the process is there) and /readyz (what it waits for).
func (n *node) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("alive\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		waiting := n.waitsFor(ctx)
		w.Header().Set("Content-Type", "application/json")
		if len(waiting) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(waiting) == 0, "waiting_for": waiting})
	})
}

// waitsFor is what keeps the node from serving, in words.
func (n *node) waitsFor(ctx context.Context) []string {
	waiting := []string{}
	if err := n.owner.Ping(ctx); err != nil {
		waiting = append(waiting, "the database does not answer")
	}
	if err := n.client.Ping(ctx); err != nil {
		waiting = append(waiting, "Kafka does not answer")
	}
	if n.consumer != nil && len(waiting) == 0 && n.consumer.Stats().Generations == 0 {
		waiting = append(waiting, "the consumer group has not taken this process in yet")
	}
	return waiting
}
