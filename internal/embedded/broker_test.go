package embedded_test

import (
	"testing"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

func TestEmbeddedBrokerMakesNoTopicByItself(t *testing.T) {
	makesNoTopic(t, open(t, embeddedtest.Folder(t)).Brokers()[0])
}
