namespace Wharf.Build.Dockerfile;

/// <summary>A here-document of RUN, COPY or ADD: Dockerfile reference, "Here-Documents".</summary>
/// <param name="Name">The delimiter, without quotes; for COPY and ADD the name of the file it makes.</param>
/// <param name="Expand">False when the delimiter was quoted: variables stay as they are.</param>
/// <param name="Chomp">True for <c>&lt;&lt;-</c>: leading tabs of every line are dropped.</param>
/// <param name="FileDescriptor">The number before <c>&lt;&lt;</c>; 0 when there is none.</param>
/// <param name="Content">The lines between, each with its newline.</param>
public sealed record Heredoc(string Name, bool Expand, bool Chomp, int FileDescriptor, string Content);
