using System.Text;

namespace Wharf.Build.Expansion;

/// <summary>Collects expanded text, as one string or cut into words at blanks that were not quoted.</summary>
internal sealed class WordSink(bool splitting)
{
    private readonly StringBuilder _word = new();
    private readonly List<string> _words = [];
    private bool _inWord;

    /// <summary>A character that stood unquoted in the text.</summary>
    public void Plain(char c)
    {
        if (splitting && char.IsWhiteSpace(c))
        {
            EndWord();
            return;
        }

        Literal(c);
    }

    /// <summary>A quoted or escaped character, which never splits.</summary>
    public void Literal(char c)
    {
        _word.Append(c);
        _inWord = true;
    }

    public void Literal(string text)
    {
        _word.Append(text);
        _inWord = true;
    }

    /// <summary>The value of an unquoted variable: its blanks split.</summary>
    public void Value(string text)
    {
        foreach (char c in text)
        {
            Plain(c);
        }
    }

    /// <summary>A quote was opened: even an empty one makes a word.</summary>
    public void Touch() => _inWord = true;

    public string Whole() => _word.ToString();

    public IReadOnlyList<string> Words()
    {
        EndWord();
        return _words;
    }

    private void EndWord()
    {
        if (_inWord)
        {
            _words.Add(_word.ToString());
            _word.Clear();
            _inWord = false;
        }
    }
}
