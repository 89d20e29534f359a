namespace Wharf.Build.Dockerfile;

/// <summary>Lines of a Dockerfile, counted from 1, both ends included.</summary>
public readonly record struct SourceRange(int Start, int End)
{
    public override string ToString() => Start == End ? $"{Start}" : $"{Start}-{End}";
}
