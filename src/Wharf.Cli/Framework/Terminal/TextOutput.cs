using System.Text;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Framework.Terminal;

/// <summary>Text to a standard stream, written at once. Safe to use from several threads; a call's text stays together.</summary>
internal sealed class TextOutput(Stream stream, bool isTerminal)
{
    private readonly Lock _lock = new();

    public bool IsTerminal => isTerminal;

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes what others have written: a terminal is not steered by it, a program gets it as it is.</summary>
    public void WriteForeign(string text) => Write(isTerminal ? VisibleText.Of(text) : text);

    public void WriteLine(string text = "") => Write(text + "\n");

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            stream.Write(bytes);
            stream.Flush();
        }
    }

    /// <summary>The bytes' own stream, for bulk data.</summary>
    public Stream Stream => stream;
}
