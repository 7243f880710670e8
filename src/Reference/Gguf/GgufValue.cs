using System.Collections.Frozen;

namespace Gdn.Reference.Gguf;

/// <summary>A metadata value. Its .NET type says which type it has in a file: <c>uint</c> is U32, and so on.</summary>
public sealed class GgufValue
{
    private static readonly FrozenDictionary<Type, GgufValueType> Types = new Dictionary<Type, GgufValueType>
    {
        [typeof(byte)] = GgufValueType.U8,
        [typeof(sbyte)] = GgufValueType.I8,
        [typeof(ushort)] = GgufValueType.U16,
        [typeof(short)] = GgufValueType.I16,
        [typeof(uint)] = GgufValueType.U32,
        [typeof(int)] = GgufValueType.I32,
        [typeof(float)] = GgufValueType.F32,
        [typeof(bool)] = GgufValueType.Bool,
        [typeof(string)] = GgufValueType.Text,
        [typeof(ulong)] = GgufValueType.U64,
        [typeof(long)] = GgufValueType.I64,
        [typeof(double)] = GgufValueType.F64,
    }.ToFrozenDictionary();

    /// <summary>Wraps a number, a bool, a string, or a one-dimensional array of one of them.</summary>
    /// <exception cref="ArgumentException">There is no type for the value in GGUF.</exception>
    public GgufValue(object value)
    {
        Type type = value.GetType();
        IsArray = type.IsSZArray;
        if (!Types.TryGetValue(IsArray ? type.GetElementType()! : type, out GgufValueType ggufType))
            throw new ArgumentException($"GGUF has no type for {type}.", nameof(value));
        Value = value;
        Type = ggufType;
    }

    /// <summary>The number, bool or string, boxed; or an array of them.</summary>
    public object Value { get; }

    /// <summary>Whether it is an array.</summary>
    public bool IsArray { get; }

    /// <summary>Type of the value, or of an array's elements; never <see cref="GgufValueType.Array"/>.</summary>
    public GgufValueType Type { get; }

    /// <summary>The type in words, for example <c>array of 3 Text</c>.</summary>
    public string Describe() => IsArray ? $"array of {((Array)Value).Length} {Type}" : $"{Type}";

    /// <summary>Wraps a U32, the usual type of sizes.</summary>
    public static implicit operator GgufValue(uint value) => new(value);

    /// <summary>Wraps an F32.</summary>
    public static implicit operator GgufValue(float value) => new(value);

    /// <summary>Wraps a Bool.</summary>
    public static implicit operator GgufValue(bool value) => new(value);

    /// <summary>Wraps a Text.</summary>
    public static implicit operator GgufValue(string value) => new(value);

    /// <summary>Wraps an array of I32.</summary>
    public static implicit operator GgufValue(int[] value) => new(value);

    /// <summary>Wraps an array of Text.</summary>
    public static implicit operator GgufValue(string[] value) => new(value);
}
