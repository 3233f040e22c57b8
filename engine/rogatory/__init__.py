"""Rogatory: rules as code for mutual legal assistance."""
