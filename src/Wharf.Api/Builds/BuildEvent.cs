namespace Wharf.Api.Builds;

/// <summary>
/// One line of the answer of <c>POST /build?events=1</c>: a build told step by step, parallel stages as they run. No part of Docker's API, whose stream of text is
/// what a client gets that does not ask.
/// </summary>
public sealed class BuildEvent
{
    /// <summary>The content type by which a client knows that its question for events was understood.</summary>
    public const string ContentType = "application/vnd.wharf.build-events";

    /// <summary>Content type of a request whose body begins with the secrets: four bytes of length (big-endian), a JSON object of id to base64, then the context.</summary>
    public const string RequestType = "application/vnd.wharf.build";

    /// <summary>started, log, transfer, finished, warning, provenance, built, tagged or failed.</summary>
    public string? Type { get; set; }

    /// <summary>Milliseconds since 1970, by the engine's clock.</summary>
    public long? Time { get; set; }

    /// <summary>Number of the step that the event is about.</summary>
    public int? Step { get; set; }

    /// <summary>started: name of the step's stage, absent when the build has only one.</summary>
    public string? Stage { get; set; }

    /// <summary>started: the step's place among those of its stage that may change files; absent for one that does not.</summary>
    public int? Position { get; set; }

    /// <summary>started: how many of those the stage has.</summary>
    public int? Count { get; set; }

    /// <summary>started: line of the Dockerfile.</summary>
    public int? Line { get; set; }

    /// <summary>The instruction, the output, the warning, the predicate, the name, the image's id or the error.</summary>
    public string? Text { get; set; }

    /// <summary>finished: done, cached, failed or cancelled.</summary>
    public string? Outcome { get; set; }

    /// <summary>transfer: id of what is fetched.</summary>
    public string? Id { get; set; }

    /// <summary>transfer: bytes here.</summary>
    public long? Current { get; set; }

    /// <summary>transfer: bytes in all.</summary>
    public long? Total { get; set; }

    /// <summary>failed: exit code of the command.</summary>
    public int? Code { get; set; }

    /// <summary>failed: the instruction in its surroundings.</summary>
    public string? Excerpt { get; set; }

    /// <summary>failed: the container of the failed step, when it was kept.</summary>
    public string? Container { get; set; }
}
