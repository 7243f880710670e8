using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Numerics;

namespace Gdn.Reference.Gguf;

/// <summary>
/// The metadata of a file, in file order, with getters that convert. Where a whole number is asked for, an integer of any
/// width is taken; where a float, either width.
/// </summary>
/// <remarks>
/// Every getter throws <see cref="InputException"/>, naming file and key, when the value has another type or does not
/// fit, and, without a fallback, when the key is missing.
/// </remarks>
/// <param name="file">Name of the file, for errors.</param>
/// <param name="values">The values.</param>
public sealed class GgufMetadata(string file, IDictionary<string, GgufValue> values)
    : ReadOnlyDictionary<string, GgufValue>(values)
{
    private const string Remedy = "this is not a file that the tool can use; convert the model again";

    private readonly ConcurrentDictionary<string, bool> _asked = new();

    /// <summary>A whole number.</summary>
    public int GetInt(string key) => Require(key).Value switch
    {
        byte v => v,
        sbyte v => v,
        ushort v => v,
        short v => v,
        int v => v,
        uint v => Narrow(key, v),
        ulong v => Narrow(key, v),
        long v => Narrow(key, v),
        _ => throw WrongType(key, "an integer"),
    };

    /// <summary>Whole numbers.</summary>
    public int[] GetInts(string key)
    {
        // Type first: the runtime lets an sbyte[] pass for a byte[].
        GgufValue value = Require(key);
        return (value.IsArray ? value.Type : GgufValueType.Array) switch
        {
            GgufValueType.U8 => Narrow(key, (byte[])value.Value),
            GgufValueType.I8 => Narrow(key, (sbyte[])value.Value),
            GgufValueType.U16 => Narrow(key, (ushort[])value.Value),
            GgufValueType.I16 => Narrow(key, (short[])value.Value),
            GgufValueType.U32 => Narrow(key, (uint[])value.Value),
            GgufValueType.I32 => Narrow(key, (int[])value.Value),
            GgufValueType.U64 => Narrow(key, (ulong[])value.Value),
            GgufValueType.I64 => Narrow(key, (long[])value.Value),
            _ => throw WrongType(key, "an array of integers"),
        };
    }

    /// <summary>A number.</summary>
    public float GetFloat(string key)
    {
        float value = Require(key).Value switch
        {
            float v => v,
            double v => (float)v,
            _ => throw WrongType(key, "a float"),
        };
        return float.IsFinite(value) ? value : throw new InputException(Where(key), $"{value} is not valid", "it must be a number");
    }

    /// <summary>Numbers, and infinities.</summary>
    public float[] GetFloats(string key)
    {
        float[] values = Require(key).Value switch
        {
            float[] v => [.. v],
            double[] v => Array.ConvertAll(v, x => (float)x),
            _ => throw WrongType(key, "an array of floats"),
        };
        int strange = Array.FindIndex(values, float.IsNaN);
        return strange < 0 ? values : throw new InputException(Where(key), $"entry {strange} is NaN", "it must be a number");
    }

    /// <summary>A truth value.</summary>
    public bool GetBool(string key) => Require(key).Value as bool? ?? throw WrongType(key, "a bool");

    /// <summary>Truth values; the integers 0 and 1 pass for them.</summary>
    public bool[] GetBools(string key)
    {
        GgufValue value = Require(key);
        if (value.Value is bool[] flags) return [.. flags];
        if (!value.IsArray || value.Type is GgufValueType.F32 or GgufValueType.F64 or GgufValueType.Text)
            throw WrongType(key, "an array of bools");
        return Array.ConvertAll(GetInts(key), number => number is 0 or 1
            ? number == 1
            : throw new InputException(Where(key), $"has {number} where a bool is expected", Remedy));
    }

    /// <summary>Text.</summary>
    public string GetString(string key) => Require(key).Value as string ?? throw WrongType(key, "a string");

    /// <summary>Texts.</summary>
    public string[] GetStrings(string key) =>
        [.. Require(key).Value as string[] ?? throw WrongType(key, "an array of strings")];

    /// <summary>A whole number that may be missing.</summary>
    public int GetInt(string key, int fallback) => ContainsKey(key) ? GetInt(key) : fallback;

    /// <summary>A number that may be missing.</summary>
    public float GetFloat(string key, float fallback) => ContainsKey(key) ? GetFloat(key) : fallback;

    /// <summary>A truth value that may be missing.</summary>
    public bool GetBool(string key, bool fallback) => ContainsKey(key) ? GetBool(key) : fallback;

    /// <summary>Text that may be missing.</summary>
    public string GetString(string key, string fallback) => ContainsKey(key) ? GetString(key) : fallback;

    /// <summary>Whether a getter has given the value of a key.</summary>
    public bool WasAsked(string key) => _asked.ContainsKey(key);

    private GgufValue Require(string key)
    {
        _asked[key] = true;
        return TryGetValue(key, out GgufValue? value) ? value : throw new InputException(Where(key), "is missing", Remedy);
    }

    private int[] Narrow<T>(string key, T[] values) where T : IBinaryInteger<T> =>
        Array.ConvertAll(values, v => Narrow(key, v));

    private int Narrow<T>(string key, T value) where T : IBinaryInteger<T> =>
        int.CreateSaturating(value) is int narrow && T.CreateSaturating(narrow) == value
            ? narrow
            : throw new InputException(Where(key), $"the value {value} does not fit into 32 bits", Remedy);

    private InputException WrongType(string key, string wanted) =>
        new(Where(key), $"is {this[key].Describe()}, not {wanted}", Remedy);

    private string Where(string key) => $"{file}: key '{key}'";
}
