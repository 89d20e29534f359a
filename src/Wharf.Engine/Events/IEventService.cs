using Wharf.Api.System;
using Wharf.Primitives;

namespace Wharf.Engine.Events;

/// <summary>What happened, kept in a durable journal and told to who listens.</summary>
public interface IEventService
{
    /// <summary>Records an event and tells it; never waits and never throws for a slow listener.</summary>
    /// <param name="type">container, image, volume, network, daemon, builder.</param>
    /// <param name="action">create, start, die, "exec_start: ls", ...</param>
    /// <param name="actorId">Id (or name, for volumes) of what it happened to.</param>
    /// <param name="attributes">What the event tells besides; kept as given.</param>
    void Publish(string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes);

    /// <summary>
    /// Events since a moment (from the journal, also of earlier daemons) and on, until a moment or until the token fires; each once, in order. Without since only
    /// what comes. The subscription stands when this returns. A slow reader is never dropped: it reads on from the journal.
    /// </summary>
    /// <param name="filters">container, daemon, event, image, label, network, node, plugin, scope, type, volume.</param>
    /// <param name="since">First moment, inclusive.</param>
    /// <param name="until">Last moment; in the past, the stream ends after the replay.</param>
    /// <param name="ct">Ends the stream.</param>
    IAsyncEnumerable<EventMessage> SubscribeAsync(FilterSet filters, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct);
}
