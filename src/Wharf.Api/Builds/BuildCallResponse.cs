using System.Text.Json;

namespace Wharf.Api.Builds;

/// <summary>The answer of <c>POST /build?call=…</c>, which asks about a Dockerfile instead of building it. No part of Docker's API.</summary>
public sealed class BuildCallResponse
{
    /// <summary>For people.</summary>
    public string? Text { get; set; }

    /// <summary>For programs, with the members that BuildKit's answer has.</summary>
    public JsonElement Result { get; set; }

    /// <summary>What the client is to exit with.</summary>
    public int ExitCode { get; set; }
}
