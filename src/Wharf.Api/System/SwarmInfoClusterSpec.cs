namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpec
{
    public string? Name { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public SwarmInfoClusterSpecOrchestration? Orchestration { get; set; }

    public SwarmInfoClusterSpecRaft? Raft { get; set; }

    public SwarmInfoClusterSpecDispatcher? Dispatcher { get; set; }

    public SwarmInfoClusterSpecCAConfig? CAConfig { get; set; }

    public SwarmInfoClusterSpecEncryptionConfig? EncryptionConfig { get; set; }

    public SwarmInfoClusterSpecTaskDefaults? TaskDefaults { get; set; }
}
