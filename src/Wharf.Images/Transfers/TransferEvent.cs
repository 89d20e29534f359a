using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Transfers;

/// <summary>One line of progress: <c>{"status":…,"progressDetail":{…},"id":…}</c>, <c>{"stream":…}</c> or <c>{"aux":…}</c> on the wire.</summary>
public sealed record TransferEvent
{
    /// <summary>Short id of the layer the line speaks of, or a tag; null for lines about the whole.</summary>
    public string? Id { get; init; }

    public string? Status { get; init; }

    /// <summary>Bytes done; 0 with <see cref="Total"/> 0 when the line shows no bar.</summary>
    public long Current { get; init; }

    /// <summary>Bytes in all; 0 when unknown.</summary>
    public long Total { get; init; }

    /// <summary>Finished text for the user (load), with its line end.</summary>
    public string? Stream { get; init; }

    /// <summary>After a push: what the tag now is.</summary>
    public PushedImage? Pushed { get; init; }

    /// <summary>After a push: the index that stayed here, since not all of its images could go with it.</summary>
    public PushedPart? Part { get; init; }

    public static TransferEvent Message(string status) => new() { Status = status };

    public static TransferEvent Of(string id, string status, long current = 0, long total = 0) =>
        new() { Id = id, Status = status, Current = current, Total = total };
}

/// <param name="Size">Bytes of the manifest.</param>
public sealed record PushedImage(string Tag, Digest Digest, long Size);

/// <param name="Index">What the image came by.</param>
/// <param name="Sent">What the tag now is.</param>
public sealed record PushedPart(Descriptor Index, Descriptor Sent);
