package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/intake"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/projections"
	"github.com/tellonce/tellonce/schema"
	"github.com/tellonce/tellonce/schema/events"
)

// node is a running tellonce: the packages, wired.
type node struct {
	log      *slog.Logger
	roles    []string
	ground   *embedded.Ground
	owner    *pgxpool.Pool // writes
	reader   *pgxpool.Pool // as tellonce_api, which only reads
	client   *kafka.Client
	writer   *kafka.Writer
	intake   *intake.Intake
	consumer *kafka.Consumer
	issuer   *access.Issuer
	listener net.Listener
	server   *http.Server
	topic    string
}

// startNode wires a node and listens; run serves. What it started is ended by close,
// also where it returns an error.
func startNode(ctx context.Context, s *serving, roles []string, log *slog.Logger, progress func(string)) (_ *node, err error) {
	n := &node{log: log, roles: roles, topic: s.EventsTopic}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	// Listening comes first: a taken address is found before anything is started.
	if n.listener, err = net.Listen("tcp", s.Listen); err != nil {
		return nil, fmt.Errorf("listen on %s: %w; choose another with --listen", s.Listen, err)
	}
	if n.ground, err = s.open(ctx, log, progress); err != nil {
		return nil, err
	}
	if err := n.connect(ctx, s); err != nil {
		return nil, err
	}
	keys, err := s.load(s.Dir)
	if err != nil {
		return nil, err
	}
	names, err := ring.Open(ctx, n.owner, keys, ring.Options{})
	if err != nil {
		return nil, err
	}
	if n.issuer, err = access.OpenIssuer(s.issuerDir()); err != nil {
		return nil, err
	}
	verifier, err := access.NewVerifier(n.issuer.Trust())
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/.well-known/", n.issuer.Handler())
	if n.has(roleIntake) {
		n.intake = intake.New(names, n.owner, n.writer, intake.Options{
			Region: s.Region, Logger: log, AskLog: n.client.Ping,
			Access: access.Settings{Operator: s.Operator, Facts: s.FactSources},
		})
		mux.Handle("GET /v1/schemas/", http.StripPrefix("/v1/schemas/", http.FileServerFS(events.Files)))
		mux.Handle("/v1/events", intake.NewHandler(n.intake, verifier, intake.Limits{}))
	}
	if n.has(roleAPI) {
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			return nil, fmt.Errorf("read --zone: %w", err) // Validate has loaded it before
		}
		codes, err := s.codes()
		if err != nil {
			return nil, err
		}
		api, err := schema.New(schema.Config{
			Database: n.reader, Ring: names, Verifier: verifier, Codes: codes, Operator: s.Operator, Zone: zone, Region: s.Region, Topic: n.topic, Now: time.Now, Log: log,
		})
		if err != nil {
			return nil, err
		}
		mux.Handle("/graphql", api)
	}
	if n.has(roleProject) {
		if err := n.project(ctx, names.Installation()); err != nil {
			return nil, err
		}
	}
	n.health(mux)
	n.server = &http.Server{
		Handler: mux, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		// A body's own time-out is the handlers': they know what they wait for.
	}
	return n, n.ground.Serves(n.listener.Addr().String())
}

// connect opens pools and the log, and makes the topic.
func (n *node) connect(ctx context.Context, s *serving) (err error) {
	if n.owner, err = pool(ctx, n.ground.DatabaseURL()); err != nil {
		return err
	}
	if n.reader, err = schema.NewPool(ctx, n.ground.DatabaseURL(), schema.PoolOptions{}); err != nil {
		return err
	}
	if n.client, err = kafka.Connect(kafka.Options{Brokers: n.ground.Brokers(), Log: n.log}); err != nil {
		return err
	}
	production := len(s.KafkaBrokers) > 0
	// A batch is of one partition: more of them than processors to fold them make
	// batches smaller, and a laptop slower.
	partitions, replication := 2, 1
	if production {
		partitions, replication = 8, 3
	}
	topic := kafka.KeptForever(n.topic, cmp.Or(s.Partitions, partitions), cmp.Or(s.Replication, replication))
	if err := n.client.EnsureTopics(ctx, topic); err != nil {
		if errors.Is(err, kafkago.InvalidReplicationFactor) && s.Replication == 0 {
			return fmt.Errorf("%w; on fewer than three brokers say --replication 1", err)
		}
		return err
	}
	findings, err := n.client.CheckTopic(ctx, n.topic, production)
	if err != nil {
		return err
	}
	for _, f := range findings {
		n.log.WarnContext(ctx, "topic may lose records", "finding", f.String())
	}
	n.writer, err = n.client.NewWriter(kafka.WriterOptions{Topic: n.topic})
	return err
}

// pool connects to the database as its owner.
func pool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read --database-url: %w", err)
	}
	config.MaxConns = 12
	p, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return p, nil
}

// project makes the consumer that feeds the projections. Its group is the
// installation's own: another installation on the same log, with a database of its
// own, would otherwise take partitions away, and neither would have them all.
func (n *node) project(ctx context.Context, installation string) error {
	engine := projections.New(n.owner, projections.Options{Log: n.log})
	id, err := n.client.TopicID(ctx, n.topic)
	if err != nil {
		return err
	}
	if err := engine.Bind(ctx, n.topic, id.String()); err != nil {
		return err
	}
	n.consumer, err = n.client.NewConsumer(kafka.ConsumerOptions{
		Group: n.topic + ".projections." + installation, Topic: n.topic, TopicID: id, MaxBatch: projections.MaxBatch,
		Start: func(ctx context.Context, partition int) (int64, error) {
			return engine.Start(ctx, n.topic, partition)
		},
		Handle: func(ctx context.Context, b kafka.Batch) error {
			if len(b.Records) == 0 {
				return nil
			}
			messages := make([]projections.Message, len(b.Records))
			for i, r := range b.Records {
				messages[i] = projections.Message{Offset: r.Offset, Key: r.Key, Value: r.Value}
			}
			err := engine.Apply(ctx, n.topic, b.Partition, messages)
			if errors.Is(err, projections.ErrFenced) {
				return kafka.ErrReload
			}
			return err
		},
	})
	return err
}

// run serves until ctx ends or something can no longer go on.
func (n *node) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if n.consumer != nil {
		group.Go(func() error { return n.consumer.Run(ctx) })
	}
	group.Go(func() error {
		if err := n.server.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := n.server.Shutdown(leaving); err != nil {
			return n.server.Close() // somebody does not let go
		}
		return nil
	})
	return group.Wait()
}

// close ends what startNode started, in the opposite order.
func (n *node) close() error {
	var errs []error
	if n.listener != nil {
		_ = n.listener.Close()
	}
	if n.writer != nil {
		errs = append(errs, n.writer.Close())
	}
	if n.client != nil {
		n.client.Close()
	}
	for _, p := range []*pgxpool.Pool{n.reader, n.owner} {
		if p != nil {
			p.Close()
		}
	}
	if n.ground != nil {
		errs = append(errs, n.ground.Close())
	}
	return errors.Join(errs...)
}

func (n *node) has(role string) bool { return slices.Contains(n.roles, role) }

// url is where the node is reached.
func (n *node) url() string { return "http://" + n.listener.Addr().String() }
