using System.Text.Json;

namespace Wharf.Client.Answers;

/// <summary>
/// Walks the members of a JSON answer for the few that a short command needs. <see cref="JsonSerializer"/> first makes descriptions of every
/// type that the answer could hold, which for a container takes longer than the whole command does otherwise.
/// </summary>
/// <param name="json">One JSON value, in UTF-8.</param>
internal ref struct AnswerReader(ReadOnlySpan<byte> json)
{
    private Utf8JsonReader _reader = new(json);
    private bool _nothing;

    /// <summary>Steps into the next value. One that is no object counts as an object without members.</summary>
    /// <exception cref="JsonException">When the answer is not JSON; so in every method here.</exception>
    public void Enter() => _nothing = !Reads(JsonTokenType.StartObject);

    /// <summary>Moves to the next member of the object that was entered; false, and out of it, at its end.</summary>
    public bool Next()
    {
        if (_nothing)
        {
            _nothing = false;
            return false;
        }

        return _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;
    }

    public readonly bool Is(ReadOnlySpan<byte> member) => _reader.ValueTextEquals(member);

    public string? Text()
    {
        _reader.Read();
        return _reader.GetString();
    }

    /// <summary>True for <c>true</c>; all else is false.</summary>
    public bool Flag() => Reads(JsonTokenType.True);

    public long? Number()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.Null ? null : _reader.GetInt64();
    }

    public List<string>? Texts()
    {
        if (!Reads(JsonTokenType.StartArray))
        {
            return null;
        }

        List<string> texts = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(_reader.GetString() ?? "");
        }

        return texts;
    }

    /// <summary>Steps over the member's value.</summary>
    public void Skip() => _reader.Skip();

    private bool Reads(JsonTokenType kind)
    {
        _reader.Read();
        if (_reader.TokenType == kind)
        {
            return true;
        }

        _reader.Skip();
        return false;
    }
}
