package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/simulate"
	"github.com/tellonce/tellonce/projections"
)

// published is what became of the simulated events.
type published struct {
	events int
	after  string // the Tellonce-After token that sees all of them
}

const demoBatch = 400

// publish posts the simulated operator's events as each vendor's tool would.
func (s *showing) publish(ctx context.Context) (published, error) {
	operator, err := simulate.New(simulate.Options{Seed: 4, Customers: s.demo.Customers, Until: s.until})
	if err != nil {
		return published{}, err
	}
	tokens := map[string]string{}
	for _, vendor := range simulate.Vendors() {
		if tokens[vendor], err = s.token(access.Viewer{Role: access.Publisher, Vendor: vendor}); err != nil {
			return published{}, err
		}
	}
	expected := 0
	for range operator.Deliveries(simulate.Ordinary) {
		expected++
	}
	bar := progressbar.NewOptions(expected, progressbar.OptionSetWriter(s.out.Err), progressbar.OptionSetDescription("publishing"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("events"), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	type batch struct {
		json  []byte
		count int
	}
	filling := map[string]*batch{}
	var mu sync.Mutex
	var all projections.After
	posts, ctx := errgroup.WithContext(ctx)
	posts.SetLimit(4)
	send := func(vendor string, b *batch) {
		posts.Go(func() error {
			token, err := postBatch(ctx, s.node.url(), tokens[vendor], append(b.json, ']'))
			if err != nil {
				return err
			}
			after, err := projections.ParseAfter(token)
			if err != nil {
				return err
			}
			_ = bar.Add(b.count)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, after...)
			return nil
		})
	}
	total := 0
	for e := range operator.Deliveries(simulate.Ordinary) {
		b := filling[e.Vendor]
		if b == nil {
			b = &batch{json: []byte("[")}
			filling[e.Vendor] = b
		} else {
			b.json = append(b.json, ',')
		}
		if b.json, err = e.AppendJSON(b.json); err != nil {
			return published{}, err
		}
		b.count++
		total++
		if b.count == demoBatch {
			send(e.Vendor, b)
			delete(filling, e.Vendor)
		}
		if ctx.Err() != nil {
			break
		}
	}
	for vendor, b := range filling {
		send(vendor, b)
	}
	if err := posts.Wait(); err != nil {
		return published{}, fmt.Errorf("publish: %w", err)
	}
	_ = bar.Finish()
	return published{events: total, after: all.String()}, nil
}

// postBatch posts events and is the Tellonce-After token of their answer.
func postBatch(ctx context.Context, url, token string, events []byte) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/events", bytes.NewReader(events))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/cloudevents-batch+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusAccepted || bytes.Contains(answer, []byte(`"refused"`)) {
		return "", fmt.Errorf("intake answered %d: %.400s", res.StatusCode, answer)
	}
	return res.Header.Get("Tellonce-After"), nil
}
