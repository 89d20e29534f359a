namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>Commit</c>.</summary>
public sealed class CommitInfo : Changeable<CommitInfo>
{
    public string? ID { get; set; }

    /// <summary>Until 1.48: the same as <see cref="ID"/>.</summary>
    public string? Expected { get; set; }
}
