using System.Text.Json;
using Wharf.Api.Containers;

namespace Wharf.Api.Json;

/// <content>One member each. What is not set is left out, or null where Docker's client writes it so.</content>
public static partial class RequestWriter
{
    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Flag(Utf8JsonWriter json, string name, bool? value, bool orNull = false)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
        else
        {
            Missing(json, name, orNull);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value, bool orNull = false)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            Missing(json, name, orNull);
        }
    }

    private static void NonZero(Utf8JsonWriter json, string name, long value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Texts(Utf8JsonWriter json, string name, List<string>? values, bool orNull = false)
    {
        if (values is null)
        {
            Missing(json, name, orNull);
            return;
        }

        json.WritePropertyName(name);
        List(json, values);
    }

    private static void Texts(Utf8JsonWriter json, string name, Dictionary<string, string>? values, bool orNull = false)
    {
        if (values is null)
        {
            Missing(json, name, orNull);
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, string value) in values)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    // a set, as Go writes one
    private static void Names(Utf8JsonWriter json, string name, Dictionary<string, EmptyObject>? values, bool orNull = false) =>
        Entries(json, name, values, static (_, _) => { }, orNull);

    private static void Numbers(Utf8JsonWriter json, string name, List<long>? values)
    {
        if (values is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (long value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void Lists(Utf8JsonWriter json, string name, List<List<string>>? values)
    {
        if (values is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (List<string> value in values)
        {
            List(json, value);
        }

        json.WriteEndArray();
    }

    private static void Bindings(Utf8JsonWriter json, string name, Dictionary<string, List<PortBinding>?>? values)
    {
        if (values is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach ((string port, List<PortBinding>? bindings) in values)
        {
            Items(json, port, bindings, Members, orNull: true);
        }

        json.WriteEndObject();
    }

    private static void Object<T>(Utf8JsonWriter json, string name, T? value, Action<Utf8JsonWriter, T> members, bool orNull = false) where T : class
    {
        if (value is null)
        {
            Missing(json, name, orNull);
            return;
        }

        json.WriteStartObject(name);
        members(json, value);
        json.WriteEndObject();
    }

    private static void Items<T>(Utf8JsonWriter json, string name, List<T>? values, Action<Utf8JsonWriter, T> members, bool orNull = false)
    {
        if (values is null)
        {
            Missing(json, name, orNull);
            return;
        }

        json.WriteStartArray(name);
        foreach (T value in values)
        {
            json.WriteStartObject();
            members(json, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Entries<T>(Utf8JsonWriter json, string name, Dictionary<string, T>? values, Action<Utf8JsonWriter, T> members, bool orNull = false)
        where T : class
    {
        if (values is null)
        {
            Missing(json, name, orNull);
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, T value) in values)
        {
            Object(json, key, value, members, orNull: true);
        }

        json.WriteEndObject();
    }

    private static void List(Utf8JsonWriter json, List<string> values)
    {
        json.WriteStartArray();
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void Missing(Utf8JsonWriter json, string name, bool orNull)
    {
        if (orNull)
        {
            json.WriteNull(name);
        }
    }
}
